"""The steps of a case of the regulation, as people fill the forms in."""

from datetime import timedelta
from typing import Any

from tests.acceptance.office import Office

MEMBERS = ("wang", "ma", "hu", "guo", "lin")
SUBJECT = "chen"


def application(office: Office, **more: Any) -> dict[str, Any]:
    """What every start form asks."""
    return {
        "matter": "某加油站检查中适用依据不当",
        "subjects": [SUBJECT],
        "error_date": day(office, -30),
        "facts": "检查时两份依据规定不一致，适用了后来被认为不当的一份。",
        "problem_kind": first_of(office, "problem_kinds"),
        "problem_field": first_of(office, "fields"),
        "other_inquiry": "no",
    } | more


def day(office: Office, offset: int = 0) -> str:
    return (office.today + timedelta(days=offset)).isoformat()


def first_of(office: Office, catalogue: str) -> str:
    return str(office.runtime.catalogues[catalogue][0]["id"])


def apply_as_individual(office: Office) -> int:
    return office.start(
        SUBJECT,
        "rongcuo",
        "individual",
        **application(office, claimed_grounds=["16.2"], request_reason="依据不一致，已及时纠正，申请容错。"),
    )


def open_by_unit(office: Office) -> int:
    return office.start("xie", "rongcuo", "unit", **application(office, request_reason="科室发现后主动提出。"))


def open_for_complaint(office: Office) -> int:
    complaint = application(
        office,
        reporter_kind="real_name",
        reporter_name="某甲",
        reporter_contact="000",
        reported_to_us=day(office, -1),
    )
    return office.start("han", "rongcuo", "complaint", **complaint)


def accept(office: Office, case: int, proposal: str = "accepted", **more: Any) -> None:
    values = {"proposal": proposal, "within_scope": "yes", "acceptance_reason": "属于适用范围。"} | more
    if proposal == "supplement":
        del values["within_scope"]
    office.do("zhang", case, "accept", **values)


def approve_start(office: Office, case: int) -> None:
    office.do("wang", case, "approve_start", start_decision="approved")


def investigate(office: Office, case: int, *, dissent: bool = False, **report: Any) -> None:
    """A team of two; the second may dissent, which sends the report back once and then goes along."""
    office.do("wang", case, "form_team", lead="zhao", other_members=["qian"], conflict_checked="yes")
    office.do(
        "zhao",
        case,
        "collect_evidence",
        evidence=[
            {
                "title": "检查记录",
                "source": "执法台账",
                "method": "copy",
                "collected_on": day(office),
                "direction": "for",
            }
        ],
        none_against="经查无不利证据。",
        next_step="talk",
    )
    office.do(
        "qian",
        case,
        "hear_subject",
        heard_person=SUBJECT,
        heard_at=moment(office),
        heard_where="局会议室",
        heard_record="本人陈述属实。",
        record_signed=True,
        next_step="facts",
    )
    office.do(SUBJECT, case, "show_facts", facts_answer="agree")
    write_report(office, case, **report)
    if dissent:
        office.do("qian", case, "countersign", sign_opinion="dissent", dissent_reason="损失认定偏低。")
        write_report(office, case, **report)
        office.do("qian", case, "countersign", sign_opinion="dissent", dissent_reason="保留意见。")
    else:
        office.do("qian", case, "countersign", sign_opinion="agree")


def write_report(office: Office, case: int, **more: Any) -> None:
    values = {
        "report_facts": "事实清楚。",
        "reported_on": day(office),
        "facts_finding": "substantiated",
        "report_duties": "逐项对照第五条至第十四条。",
        "found_within_duty": "yes",
        "found_cause": "依据不一致。",
        "found_effect": "影响轻微。",
        "found_corrected": "已纠正。",
        "established_grounds": ["16.2"],
        "grounds_evidence": "见证据目录。",
        "found_loss": "0",
        "report_proposal": "建议容错。",
    } | more
    if values["facts_finding"] != "substantiated":
        kept = ("report_facts", "reported_on", "facts_finding", "found_loss", "report_proposal", "malicious_suspected")
        values = {name: value for name, value in values.items() if name in kept}
    office.do("zhao", case, "write_report", **values)


def hold_meeting(
    office: Office, case: int, outcome: str, *, recused: str = "lin", votes: dict[str, str] | None = None
) -> None:
    """Five members are due, one is recused; the others attend, vote and confirm the record."""
    attended = [member for member in MEMBERS if member != recused]
    office.do(
        "luo",
        case,
        "convene",
        meeting_date=day(office),
        meeting_place="局党组会议室",
        agenda="容错认定",
        members=list(MEMBERS),
        recused=[recused],
        recusal_reason="系当事人近亲属。",
    )
    cast = votes or dict.fromkeys(attended, "agree")
    office.do(
        "he",
        case,
        "hold_meeting",
        held_at=moment(office),
        attended=attended,
        discussion="逐项研究。",
        proposed_outcome=outcome,
        votes=[{"person": member, "vote": vote, "words": "已发言。"} for member, vote in cast.items()],
    )
    for member in attended:
        office.do(member, case, "confirm_record", record_confirmed="right")


def conclude(office: Office, case: int, outcome: str, **more: Any) -> None:
    values: dict[str, Any] = {
        "resolution_date": day(office),
        "outcome": outcome,
        "adopted_grounds": ["16.2"],
        "conclusion_reason": "综合六项因素研判。",
        "departure_reason": "结合会议意见。",
        "conclusions": [{"person": SUBJECT, "item": "适用依据", "result": outcome, "reason": "见会议记录。"}],
        "no_correction_reason": "无需纠正。",
    } | more
    if outcome == "tolerated" or "correction_matters" in values:
        values.pop("no_correction_reason")
    if _suggested(office, case) == outcome:
        values.pop("departure_reason")
    office.do("ma", case, "conclude", **values)


def _suggested(office: Office, case: int) -> Any:
    suggestion = office.variables(case).get("suggestion")
    return suggestion.get("outcome") if isinstance(suggestion, dict) else suggestion


def give_notice(office: Office, case: int) -> None:
    draft_notice(office, case)
    serve(office, case)


def draft_notice(office: Office, case: int) -> None:
    office.do(
        "luo",
        case,
        "draft_notice",
        notice_title="告知书",
        notice_text="经研究决定……",
        recipients=[{"name": "执法科", "kind": "unit"}, {"name": "陈某", "kind": "party"}],
    )
    office.do("gao", case, "review_notice", notice_review="passed")
    office.do("wang", case, "issue_notice", document_number="某应急告〔2026〕1号", issued_on=day(office), sealed="yes")


def serve(office: Office, case: int) -> None:
    for _ in range(2):
        office.do(
            "luo",
            case,
            "serve",
            service_method="direct",
            served_at=moment(office),
            service_signer="本人",
            service_result="served",
        )


def publish_and_file(office: Office, case: int) -> None:
    office.do("luo", case, "publish", publication="published", publication_scope="本局范围", published_on=day(office))
    office.do("luo", case, "file", filing="not_needed", filing_reason="配置未列备案机关。")


def order_correction(office: Office, case: int) -> None:
    office.do(
        "xie",
        case,
        "order",
        order_reason="适用依据不当。",
        order_items=[{"item": "依据清单", "requirement": "逐条核对。"}],
    )


def rectify(office: Office, case: int) -> None:
    office.do(
        SUBJECT,
        case,
        "rectify",
        done_items=[{"item": "依据清单", "done": "已核对。"}],
        cause_analysis="未及时更新。",
        measures="建立更新制度。",
    )


def verify(office: Office, case: int, result: str = "accepted") -> None:
    more = {} if result == "accepted" else {"missing": "缺少制度文本。"}
    office.do("xie", case, "verify", verify_result=result, verified_on=day(office), **more)


def close_and_archive(office: Office, case: int) -> None:
    office.do("zhang", case, "close", closing_checked="yes")
    office.do("song", case, "archive", retention="permanent", archive_number="2026-1")


def moment(office: Office) -> str:
    return office.clock.now().astimezone(office.runtime.config.zone).strftime("%Y-%m-%dT%H:%M")
