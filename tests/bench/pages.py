"""Pages through Flask's test client: server side only."""

from engine.domain.user_task import UserTask
from engine.services import inbox
from engine.services.runtime import Runtime
from engine.store import user_tasks as task_rows
from engine.store.unit_of_work import read_only, unit_of_work
from tests.acceptance.office import hidden_fields
from tests.bench.office import CLERK, NOW, Loop, cpu_ms, say
from web.app import create_app


def measure_pages(runtime: Runtime) -> None:
    loop = Loop(runtime)
    _fill(runtime, loop.case_id, 100_000)
    say("inbox service, 100,000 open tasks, CPU ms", f"{_inbox(runtime):.2f}", "")
    client = create_app(runtime).test_client()
    fields = hidden_fields(client.get("/login").get_data(as_text=True), "/login")
    client.post("/login", data={**fields, "login": "clerk", "password": "bench-bench"})
    if client.get("/inbox").status_code != 200:
        raise RuntimeError("could not log in")
    inbox_ms = cpu_ms(lambda: client.get("/inbox?tab=groups").get_data(), times=50)
    say("inbox page, 100,000 open tasks, CPU ms", f"{inbox_ms:.2f}", "<= 8")

    form: dict[str, str] = {}

    def open_task() -> None:
        path = f"/tasks/{loop.task_id}"
        form.clear()
        form.update(hidden_fields(client.get(path).get_data(as_text=True), path))

    def send() -> None:
        response = client.post(f"/tasks/{loop.task_id}", data=form)
        if response.status_code not in {302, 303}:
            raise RuntimeError(f"{response.status_code} {response.get_data(as_text=True)[:300]}")
        with read_only(runtime.database) as uow:
            loop.task_id = next(
                task.id for task in task_rows.of_case(uow, loop.case_id) if task.is_open and task.element_id == "work"
            )

    posts = Loop(runtime)
    loop.case_id, loop.task_id = posts.case_id, posts.task_id
    say("task page POST to redirect, CPU ms", f"{cpu_ms(send, times=50, before=open_task):.2f}", "<= 8")


def _fill(runtime: Runtime, case_id: int, number: int) -> None:
    with unit_of_work(runtime.database) as uow:
        task_rows.insert(
            uow,
            [
                UserTask(
                    id=n + 1,
                    case_id=case_id,
                    token=10_000_000 + n,
                    element_id="filler",
                    process_id="loop",
                    name="办理",
                    scope="",
                    state="open",
                    version=1,
                    assignee=None,
                    claimed_at=None,
                    candidate_users=(),
                    candidate_groups=("clerk" if n % 10 == 0 else f"others{n % 7}",),
                    form_ref=None,
                    due_at=None,
                    priority=50,
                    created_at=NOW,
                )
                for n in range(number)
            ],
        )


def _inbox(runtime: Runtime) -> float:
    return cpu_ms(lambda: inbox.page(runtime, CLERK, tab="groups"), times=50)
