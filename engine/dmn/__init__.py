"""Decisions of DMN: read, check and compile .dmn files, decide with them. Expressions run in engine.feel."""
