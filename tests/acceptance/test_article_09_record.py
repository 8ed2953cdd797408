"""Article 9: the whole process is recorded, and what was changed afterwards is found."""

import pytest

from engine.store.unit_of_work import Statement, unit_of_work
from tests.acceptance import story
from tests.acceptance.office import Office

pytestmark = pytest.mark.article("9")
CHANGED = Statement("UPDATE history SET actor = 'liu' WHERE case_id = :case_id AND position = :position")
DELETED = Statement("DELETE FROM history WHERE case_id = :case_id AND position = :position")
SWAPPED = Statement(
    """UPDATE history SET position = CASE position WHEN 1 THEN -2 ELSE -1 END
       WHERE case_id = :case_id AND position <= :position"""
)
SETTLED = Statement("UPDATE history SET position = -position WHERE case_id = :case_id AND position < 0")
LAST_GONE = Statement(
    """DELETE FROM history WHERE case_id = :case_id
       AND position = (SELECT max(position) FROM history WHERE case_id = :case_id) AND :position > 0"""
)


def recorded(office: Office) -> int:
    case = story.apply_as_individual(office)
    story.accept(office, case)
    return case


def test_an_untouched_record_is_shown_as_whole(office: Office) -> None:
    case = recorded(office)

    view = office.view(case)

    assert view.chain_intact
    assert f"记录完整，共 {view.chain_length} 条" in office.browser("chen").get(f"/cases/{case}").text


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param([CHANGED], id="changed"),
        pytest.param([DELETED], id="deleted"),
        pytest.param([SWAPPED, SETTLED], id="reordered"),
        pytest.param([LAST_GONE], id="cut off at the end"),
    ],
)
def test_an_entry_that_was_tampered_with_by_hand_is_found(office: Office, statements: list[Statement]) -> None:
    case = recorded(office)
    with unit_of_work(office.runtime.database) as uow:
        for statement in statements:
            more = {} if statement is SETTLED else {"position": 2}
            uow.run(statement, case_id=case, **more)

    assert not office.view(case).chain_intact
    assert "记录链已损坏" in office.browser("chen").get(f"/cases/{case}").text
