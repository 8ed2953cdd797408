"""The library's workflow and task, kept to live tokens: a queue instead of tree walks, no prediction, no dead tasks."""

from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.no_scripts import NoScripts
from engine.bpmn.recorder import Recorder
from engine.bpmn.scopes import Variables, View
from engine.domain.rejection import Conflict
from engine.feel import Environment, FeelError

# A process that never waits would run for ever; no honest step moves this many tokens.
MOST_MOVES = 30_000
MOST_TOKENS = 20_000

READY, WAITS = TaskState.READY, TaskState.STARTED
LIVE = TaskState.READY | TaskState.STARTED


class Stuck(Exception):
    """The token cannot go on; the message says why. It becomes an incident, the rest of the case lives."""


class RunsForEver(Conflict):
    """The process moved too often without waiting; the step is refused, for its history alone would fill the store."""


class Token(Task):
    """A place where the case stands. `scope` is where its variables live; `facts` is what its element remembers."""

    def __init__(self, workflow: Any, spec: Any, *, parent: Any, state: int, number: int, scope: str) -> None:
        super().__init__(workflow, spec, parent, state=state, id=number)
        self.scope = scope
        self.waited = False

    @property
    def case(self) -> "CaseWorkflow":
        return self.workflow.top_workflow

    @property
    def facts(self) -> dict[str, Any]:
        return self.internal_data

    @property
    def sleeps(self) -> bool:
        """Whether it stands for something completed that nobody undoes just now."""
        return self.task_spec.dormant and "heals" not in self.internal_data

    def cancel(self) -> None:
        self.waited = self._state == WAITS
        super().cancel()

    def complete(self) -> None:
        # An error end may have cancelled the level that its own token stands in.
        if self.id in self.case.tokens:
            super().complete()

    def _set_state(self, value: int) -> None:
        # The library logs each change with a walk over the tree; history is ours to keep.
        self._state = value


class _Level:
    """What the workflow of a case and that of a sub-process have in common."""

    parent_task_id: int | None
    spec: Any
    tasks: dict[int, Any]
    top_workflow: Any

    def root(self) -> None:
        """Hang the root into an empty tree; tokens are its children."""
        number = -1 if self.parent_task_id is None else -self.parent_task_id - 1
        self.task_tree = Token(self, self.spec.start, parent=None, state=TaskState.COMPLETED, number=number, scope="")

    def live(self) -> list[Token]:
        # Many moves among many tokens would take minutes: a walk over two hundred counts as a move.
        self.top_workflow._moves += len(self.tasks) // 200
        return [task for task in self.tasks.values() if task.id > 0]

    def idle(self) -> bool:
        """Whether nothing is left but watchers."""
        return all(task.id < 0 or task.task_spec.watches for task in self.tasks.values())

    def joins_only(self) -> bool:
        """Whether every token waits at a join for another one."""
        return all(
            task.id < 0 or task.task_spec.watches or (task.task_spec.joins and task._state == WAITS)
            for task in self.tasks.values()
        )

    def update_waiting_tasks(self) -> None:
        """Nothing is polled: what waits is moved by name."""

    def _task_completed_notify(self, task: Token) -> None:
        self.top_workflow.forget(task)

    def _task_removed_notify(self, task: Token) -> None:
        """The case forgets tokens itself."""


class BlockWorkflow(_Level, BpmnSubWorkflow):
    """The inside of a sub-process or of a called process that runs, or that ended and can be undone."""

    def _calculate_depth(self) -> int:
        # Nobody asks; and a level may be restored before the one that holds its token.
        return 0


class CaseWorkflow(_Level, BpmnWorkflow):
    """A case that runs: its tokens by number, the queue of those that can move, its variables."""

    def __init__(self, specs: Mapping[str, Any], process: str, variables: Variables) -> None:
        self.tokens: dict[int, Token] = {}
        self.last_number = 0
        self.variables = variables
        self.recorder = Recorder()
        self.env: Environment | None = None
        self.implicit: Mapping[str, Any] = {}
        self.conditions: dict[int, Token] = {}
        self._queue: deque[tuple[Token, Callable[[], Any]]] = deque()
        self._touched: dict[int, Any] = {}
        self._moves = 0
        super().__init__(specs[process], specs, script_engine=NoScripts(), deserializing=True)
        self.root()

    # -- what the elements do

    def spawn(self, workflow: Any, name: str, scope: str, **facts: Any) -> Token:
        """Put a token on the element called `name` and let it move when its turn comes."""
        if len(self.tokens) >= MOST_TOKENS:
            raise Stuck(f"超过 {MOST_TOKENS} 个并行分支。 Too many tokens.")
        token = self.seat(workflow, name, scope, number=self.new_number(), state=TaskState.FUTURE, facts=facts)
        token.task_spec._update(token)
        return token

    def new_number(self) -> int:
        """A number that no token or scope of this case ever had."""
        self.last_number += 1
        return self.last_number

    def seat(self, workflow: Any, name: str, scope: str, *, number: int, state: int, facts: dict[str, Any]) -> Token:
        """Put a token on an element as it is, without moving it."""
        spec = workflow.spec.task_specs[name]
        token = Token(workflow, spec, parent=workflow.task_tree, state=state, number=number, scope=scope)
        token.internal_data = facts
        self.tokens[number] = token
        if spec.conditional:
            self.conditions[number] = token
        return token

    def queue(self, token: Token, action: Callable[[], Any]) -> None:
        """Do something with the token when its turn comes, if it still lives."""
        self._queue.append((token, action))

    def queue_run(self, token: Token) -> None:
        self._queue.append((token, token.run))

    def queue_completion(self, token: Token) -> None:
        token._set_state(READY)
        self._queue.append((token, token.complete))

    def enter(self, token: Token) -> BlockWorkflow:
        """Open the inside of the token's element."""
        inside = BlockWorkflow(
            self.subprocess_specs[token.facts.get("called") or token.task_spec.spec], token.id, self, deserializing=True
        )
        self.subprocesses[token.id] = inside
        inside.root()
        self._touched[token.id] = inside
        return inside

    def forget(self, token: Token) -> None:
        """The token is gone, completed or cancelled."""
        workflow = token.workflow
        if self.tokens.pop(token.id, None) is None:
            return
        if token.task_spec.conditional:
            del self.conditions[token.id]
        del workflow.tasks[token.id]
        workflow.task_tree._children.remove(token.id)
        self._touched[workflow.parent_task_id or 0] = workflow

    def inside(self, token: Token) -> BlockWorkflow | None:
        return self.subprocesses.get(token.id)

    def view(self, token: Token, local: Mapping[str, Any] | None = None) -> View:
        spec = token.task_spec
        if spec.counted:
            local = {**spec.counters(token), **(local or {})}
        return View(self.variables, token.scope, self.implicit, local)

    def environment(self) -> Environment:
        if self.env is None:
            raise RuntimeError("the case does not run")
        return self.env

    # -- the run

    def settle(self) -> None:
        """Move every token that can move until all of them wait."""
        self._moves = 0
        self._close_empty()
        while True:
            while self._queue:
                self._move(*self._queue.popleft())
            if not self._release_joins():
                break
        self._report_dead_joins()

    def look(self) -> None:
        """Variables were written from outside."""
        if self.conditions:
            self._check_conditions()

    def moving(self) -> bool:
        """Whether other tokens still have their turn in this run."""
        return bool(self._queue)

    def move(self, token: Token, action: Callable[[], Any]) -> None:
        """Do something with one token; what goes wrong becomes an incident there."""
        self._move(token, action)

    def get_task_from_id(self, task_id: int) -> Token:
        return self.tokens[task_id]

    def _move(self, token: Token, action: Callable[[], Any]) -> None:
        if token.id not in self.tokens:
            return  # cancelled while it stood in the queue
        self._moves += 1
        if self._moves > MOST_MOVES:
            place = token.task_spec.element.id
            raise RunsForEver(f"Element '{place}' is reached without end.", element=place)
        try:
            action()
        except (Stuck, FeelError) as problem:
            # Stuck on its way out, a retry only lets it leave; else its work is done anew.
            token.facts["stuck"] = int(token._state == TaskState.COMPLETED)
            token._set_state(READY)
            self.recorder.incident(token.id, token.task_spec.element.id, str(problem))
        self._close_empty()
        if self.conditions:
            self._check_conditions()

    def _check_conditions(self) -> None:
        """Whoever waits for a condition looks at what has just been written."""
        written = self.variables.take_written()
        if not written:
            return
        for token in list(self.conditions.values()):
            wanted = token.task_spec.trigger.variable
            if token._state == WAITS and (wanted is None or wanted in written):
                self._move(token, partial(token.task_spec.check, token))

    def _close_empty(self) -> None:
        while self._touched:
            _, workflow = self._touched.popitem()
            if workflow.completed or not workflow.idle():
                continue
            workflow.completed = True
            inner = workflow.parent_task_id is not None
            for watcher in workflow.live():
                if not (inner and watcher.task_spec.dormant):
                    watcher.cancel()
            host = self.tokens.get(workflow.parent_task_id or 0)
            if host is not None:
                self.queue_completion(host)

    def _report_dead_joins(self) -> None:
        """A level where all tokens wait at joins can never go on; say so instead of standing still for ever."""
        for workflow in [self, *self.subprocesses.values()]:
            if workflow.completed or not workflow.joins_only():
                continue
            for token in workflow.live():
                if token.task_spec.joins and token.facts.setdefault("dead", 0) == 0:
                    token.facts["dead"] = 1
                    message = "汇聚网关等待的分支永远不会到达。 The join waits for a branch that can never come."
                    self.recorder.incident(token.id, token.task_spec.element.id, message)

    def _release_joins(self) -> bool:
        """Let an inclusive join go on that no other token can reach any more."""
        for workflow in [self, *self.subprocesses.values()]:
            if not workflow.spec.inclusive_joins:
                continue
            for token in workflow.live():
                if token._state == WAITS and token.task_spec.released(token):
                    self._queue.append((token, partial(token.task_spec.proceed, token)))
                    return True
        return False
