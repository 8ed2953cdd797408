"""A step costs the same whatever stands around it: the case's past, other cases, large variables."""

from pathlib import Path

from engine.services.runtime import Runtime
from engine.store import variables
from engine.store.unit_of_work import Statement, unit_of_work
from tests.bench.office import Loop, cpu_ms, make_runtime, say

ROUNDS = 10_000
FINISHED, OPEN = 1_000_000, 100_000
TIMES = 200

# As many cases of the past as it takes, made in the database: what is measured is the step beside them.
_CASES = Statement(
    """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :number)
       INSERT INTO process_instance (id, definition_id, revision, state, number, title, subject, stage, outcome, origin,
       started_at, started_by, ended_at, execution, history_length, history_head)
       SELECT :first + i, definition_id, 9, :state, :state || i, title, subject, stage, outcome, origin, started_at,
       started_by, CASE WHEN :state = 'ended' THEN started_at END, execution, history_length, history_head
       FROM n, (SELECT * FROM process_instance WHERE id = :case_id) LIMIT :number"""
)
_TASKS = Statement(
    """INSERT INTO user_task (id, case_id, token, element_id, process_id, name, scope, state, version, candidates,
       due_at, priority, created_at)
       SELECT c.id, c.id, 1, 'work', 'loop', '办理', '', 'open', 1, '{"users":[],"groups":["others"]}',
       9000000000000, 50, 0
       FROM process_instance c WHERE c.id > :first AND c.id <= :last"""
)
_JOBS = Statement(
    """INSERT INTO job (id, case_id, token, kind, element_id, rule, due_at, attempts, lease_until, state)
       SELECT c.id, c.id, 2, 'timer', 'late', '', 9000000000000, 0, 0, 'waiting'
       FROM process_instance c WHERE c.id > :first AND c.id <= :last"""
)


def measure_flat(folder: Path) -> None:
    runtime = make_runtime(f"sqlite:///{folder / 'flat.db'}", folder)
    _past(runtime)
    _variables(runtime)
    _cases(runtime)
    runtime.database.close()


def _past(runtime: Runtime) -> None:
    loop = Loop(runtime)
    for _ in range(10):
        loop.work()
    young = cpu_ms(loop.work, times=TIMES, before=loop.claim_cold)
    while loop.rounds < ROUNDS:
        loop.work()
    old = cpu_ms(loop.work, times=TIMES, before=loop.claim_cold)
    say(f"a step after {ROUNDS:,} rounds against one after 10", f"{old / young:.2f}", "<= 1.25")


def _variables(runtime: Runtime) -> None:
    loop = Loop(runtime)
    light = cpu_ms(loop.work, times=TIMES, before=loop.claim_cold)
    with unit_of_work(runtime.database) as uow:
        variables.write(uow, loop.case_id, {("", f"large{n}"): "文" * 33_000 for n in range(10)}, [])
    heavy = cpu_ms(loop.work, times=TIMES, before=loop.claim_cold)
    say("a step beside 1 MB of variables that it does not touch", f"{heavy / light:.2f}", "<= 1.25")


def _cases(runtime: Runtime) -> None:
    loop = Loop(runtime)
    alone = cpu_ms(loop.work, times=TIMES, before=loop.claim_cold)
    first = 10**17
    with unit_of_work(runtime.database) as uow:
        for state, number in (("ended", FINISHED), ("active", OPEN)):
            uow.run(_CASES, number=number, state=state, first=first, case_id=loop.case_id)
            first += number
        uow.run(_TASKS, first=first - OPEN, last=first)
        uow.run(_JOBS, first=first - OPEN, last=first)
    crowded = cpu_ms(loop.work, times=TIMES, before=loop.claim_cold)
    say(f"a step beside {FINISHED:,} finished and {OPEN:,} open cases", f"{crowded / alone:.2f}", "<= 1.25")
