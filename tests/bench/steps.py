"""The step by itself: CPU of this process, statements, growth with the case's past."""

import time

from engine.services import cases
from engine.services.runtime import Runtime
from engine.store.cases import get as get_case
from engine.store.unit_of_work import read_only
from tests.bench.office import CLERK, Loop, cpu_ms, say
from tests.bench.ratios import END


def measure_step(runtime: Runtime) -> None:
    loop = Loop(runtime)
    cold = cpu_ms(loop.work, times=200, before=loop.claim_cold)
    warm = cpu_ms(loop.work, times=200, before=loop.claim)
    statements: list[str] = []
    loop.claim_cold()

    runtime.database.observers.append(lambda text, _: statements.append(text) if text != END else None)
    loop.work()
    runtime.database.observers.clear()
    with read_only(runtime.database) as uow:
        size = len(get_case(uow, loop.case_id).execution)
    say("full step, nothing cached, CPU ms", f"{cold:.2f}", "<= 1.0")
    say("full step, case in the live cache, CPU ms", f"{warm:.2f}", "")
    say("statements of a step (between BEGIN and COMMIT)", str(len(statements)), "<= 8")
    for statement in statements:
        print("    " + " ".join(statement.split())[:110])
    say("state blob, bytes", str(size), "<= 2048")


def measure_blocks(runtime: Runtime) -> None:
    start = cpu_ms(
        lambda: cases.start(runtime, "blocks", "begin", {}, actor=CLERK, key=f"k{time.monotonic_ns()}"), times=20
    )
    say("start of four parallel blocks of ten branches, CPU ms", f"{start:.2f}", "< 10")
