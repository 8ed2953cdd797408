"""No text of a diagram reaches Python: the library's script engine is replaced by one that refuses."""

from typing import Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine


class NoScripts(PythonScriptEngine):
    """In place of the library's script engine, which would hand text to Python's eval."""

    def __init__(self) -> None:
        self.environment = self

    def evaluate(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("no text may reach the library's script engine")

    execute = call_service = evaluate
