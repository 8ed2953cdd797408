"""What is given hostile input: each target takes bytes, and comes back unless something is wrong."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from engine.bpmn.deployment import lint, read
from engine.bpmn.interpreter import restore, start
from engine.domain.rejection import ProblemsFound, Rejection
from engine.domain.step import Step
from engine.feel import (
    Environment,
    FeelError,
    compile_expression,
    compile_script,
    compile_template,
    compile_unary_tests,
)
from engine.forms.schema import Form
from engine.forms.submission import choice_sources, validate, visible_fields

ENV = Environment(now=datetime(2026, 1, 31, 1, 0, tzinfo=UTC), zone=ZoneInfo("Asia/Shanghai"), calendar=None)
CONTEXT: dict[str, Any] = {"a": 1, "x": 2, "text": "abc", "items": [1, "x", None, {"a": 2}], "record": {"a": {"b": 1}}}
COMMANDS = 8


def diagram(content: bytes) -> None:
    """A BPMN file is refused with reasons, or runs."""
    _deploy({"p.bpmn": content})


def decision(content: bytes) -> None:
    """A DMN file is refused with reasons, or decides."""
    _deploy({"d.dmn": content})


def _deploy(files: Mapping[str, bytes]) -> None:
    for problem in lint(files, form_ids=(), groups=None, topics=("work",)):
        assert problem.message
        assert problem.key
    try:
        package = read(files, form_ids=(), groups=None, topics=("work",))
    except ProblemsFound as refused:
        _check(refused)
        return
    for decision in package.decisions.values():
        with suppress(FeelError):
            decision.decide(CONTEXT, ENV)
    for definition in package.definitions.values():
        for event in definition.start_events:
            with suppress(Rejection):
                _run(definition, event.id)


def _check(refused: ProblemsFound) -> None:
    assert refused.problems, "refused without a reason"


def _run(definition: Any, start_event: str) -> None:
    """Start a case and give it what it waits for, a few times."""
    implicit = {"case": {"id": 1, "number": "N1", "starter": "alice"}}
    rows: dict[tuple[str, str], Any] = {("", name): value for name, value in CONTEXT.items()}
    execution, step = start(definition, start_event, CONTEXT, env=ENV, implicit=implicit)
    for _ in range(COMMANDS):
        rows.update(step.variables)
        execution = restore(definition, execution.state(), lambda: dict(rows))
        command = _command(step)
        if command is None:
            return
        name, token, *given = command
        step = getattr(execution, name)(token, *given, env=ENV, implicit=implicit)


def _command(step: Step) -> tuple[Any, ...] | None:
    if step.tasks_opened:
        return ("complete", step.tasks_opened[0].token, {"x": 1})
    if step.jobs_set:
        job = step.jobs_set[0]
        return ("fire_timer", job.token) if job.kind == "timer" else ("finish_service", job.token, {"x": 1})
    if step.subscribed:
        waiting = step.subscribed[0]
        return ("signal" if waiting.kind == "signal" else "correlate", waiting.token, {"x": 1})
    return None


def expression(content: bytes) -> None:
    """A text is no FEEL, or its value is one of FEEL's."""
    text = content.decode("utf-8", "replace")
    for compile_text in (compile_expression, compile_template):
        with suppress(FeelError):
            check_value(compile_text(text)(CONTEXT, ENV))
    with suppress(FeelError):
        check_value(compile_script(text)(CONTEXT, ENV))


def unary_tests(content: bytes) -> None:
    with suppress(FeelError):
        tests = compile_unary_tests(content.decode("utf-8", "replace"))
        for value in CONTEXT.values():
            assert tests(value, CONTEXT, ENV) in (True, False)


def form(content: bytes) -> None:
    """A form is refused with reasons, or takes any submission and says what is wrong with it."""
    try:
        parsed = Form.parse(content, file="f.form")
    except ProblemsFound as refused:
        _check(refused)
        return
    choices = {source.key: {"a", "b"} for source in choice_sources(parsed)}
    raw: dict[str, Any] = {field.key: value for field, value in zip(parsed.every_field, HOSTILE * 100, strict=False)}
    for given in (raw, {}, None, [], json.loads(json.dumps(raw, default=str))):
        validate(parsed, given, context=CONTEXT, env=ENV, choices=choices)
        visible_fields(parsed, given, context=CONTEXT, env=ENV)


HOSTILE: list[Any] = [
    None, "", "x", -1, 1e308, float("nan"), True, [], {}, [[]], {"a": None}, "\x00", "２０２６-01-01", "9" * 400,
    ["x"] * 30, [{"a": 1}], "2026-02-30", "1e400", "<script>", "‮", {"constructor": {"prototype": 1}},
]  # fmt: skip


def check_value(value: Any) -> None:
    """Nothing of Python leaves an expression: every value is one of FEEL."""
    pending = [value]
    for item in pending:
        kind = type(item)
        assert kind.__module__ in FEEL_MODULES or kind.__module__.startswith(("engine.feel", "engine.domain")), kind
        assert kind.__name__ not in {"type", "module", "code", "frame", "builtin_function_or_method"}, kind
        if isinstance(item, list):
            pending += item
        elif isinstance(item, dict):
            pending += item.values()


def probe(content: bytes) -> None:
    """Not a target but a test of the confinement."""
    while content == b"hang":
        pass
    if content == b"fill":
        bytearray(2**31)


FEEL_MODULES = {"builtins", "datetime", "decimal"}

TARGETS: dict[str, Callable[[bytes], None]] = {
    "diagram": diagram,
    "decision": decision,
    "expression": expression,
    "unary_tests": unary_tests,
    "form": form,
    "probe": probe,
}
