"""The demo bureau: people for every role, six cases at different stages, carried by the engine itself."""

from pathlib import Path

from engine.domain.actor import SYSTEM
from engine.services import audit, deployments, people, supervision
from engine.store import case_lists
from engine.store.unit_of_work import read_only
from rongcuo import demo
from rongcuo.bootstrap import build, diagram_files


def test_the_demo_holds_six_cases_at_different_stages_with_whole_records(tmp_path: Path) -> None:
    runtime = build(database_url=f"sqlite:///{tmp_path / 'demo.db'}", data=tmp_path, secret=b"demo")
    deployments.seed(runtime, diagram_files(), actor=SYSTEM, comment="demo")

    assert demo.load(runtime)

    with read_only(runtime.database) as uow:
        rows = case_lists.visible(uow, person="", everything=True, query="", after=2**62, limit=100)
        supervisor = people.actor_for(runtime, uow, "feng")
    own = [row for row in rows if row.process_key == "rongcuo"]
    assert len(own) == 6
    assert len({row.stage for row in own}) >= 5
    assert all(audit.verify(runtime, row.id).intact for row in rows)
    assert supervision.unresolved_incidents(runtime, actor=supervisor) == []
    assert not demo.load(runtime)
    runtime.database.close()


def test_the_demo_has_somebody_for_every_group_that_a_task_is_offered_to(tmp_path: Path) -> None:
    runtime = build(database_url=f"sqlite:///{tmp_path / 'demo.db'}", data=tmp_path, secret=b"demo")
    held = {line.split("  ")[-1] for line in demo.log_ins().splitlines()[1:]}
    groups = {group for line in held for group in line.split(", ")}
    runtime.database.close()

    assert set(runtime.config.groups) - groups == set()
