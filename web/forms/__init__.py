"""Forms drawn by the server."""
