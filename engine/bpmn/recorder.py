"""Collect what happens during a run into a Step; what opens and closes within one run leaves no trace but history."""

from engine.domain.step import (
    Entry,
    IncidentRaised,
    JobSet,
    Step,
    Subscription,
    TaskClosed,
    TaskOpened,
    Thrown,
)


class Recorder:
    """One for each run of the interpreter."""

    def __init__(self) -> None:
        self.step = Step()
        self._tasks: dict[int, TaskOpened] = {}
        self._jobs: dict[int, JobSet] = {}
        self._subscriptions: dict[int, Subscription] = {}
        self._incidents: dict[int, IncidentRaised] = {}

    def task_opened(self, task: TaskOpened) -> None:
        self._tasks[task.token] = task

    def task_closed(self, token: int, reason: str) -> None:
        if self._tasks.pop(token, None) is None:
            self.step.tasks_closed.append(TaskClosed(token=token, reason=reason))

    def job_set(self, job: JobSet) -> None:
        self._jobs[job.token] = job

    def job_cleared(self, token: int) -> None:
        if self._jobs.pop(token, None) is None:
            self.step.jobs_cleared.append(token)

    def subscribed(self, subscription: Subscription) -> None:
        self._subscriptions[subscription.token] = subscription

    def unsubscribed(self, token: int) -> None:
        if self._subscriptions.pop(token, None) is None:
            self.step.unsubscribed.append(token)

    def thrown(self, thrown: Thrown) -> None:
        self.step.thrown.append(thrown)

    def incident(self, token: int, element_id: str, message: str) -> None:
        self._incidents[token] = IncidentRaised(token=token, element_id=element_id, message=message)
        self.step.history.append(Entry(what="incident", element_id=element_id, token=token, detail=message))

    def entry(
        self, what: str, element_id: str, token: int, *, type: str = "", name: str = "", detail: str = ""
    ) -> None:
        self.step.history.append(
            Entry(what=what, element_id=element_id, token=token, element_type=type, name=name, detail=detail)
        )

    def finish(self) -> Step:
        step = self.step
        step.tasks_opened.extend(self._tasks.values())
        step.jobs_set.extend(self._jobs.values())
        step.subscribed.extend(self._subscriptions.values())
        step.incidents.extend(self._incidents.values())
        return step
