"""The tables of cases: deployments, instances, tasks, jobs, history."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from engine.store.schema import metadata, partial_index, row_id

deployment = Table(
    "deployment",
    metadata,
    row_id(),
    Column("deployed_at", BigInteger, nullable=False),
    Column("deployed_by", String(64), nullable=False),
    Column("comment", Text, nullable=False),
    Column("digest", String(64), nullable=False, index=True),
)

deployment_file = Table(
    "deployment_file",
    metadata,
    Column("deployment_id", ForeignKey("deployment.id"), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("digest", String(64), nullable=False),
)

process_definition = Table(
    "process_definition",
    metadata,
    row_id(),
    Column("deployment_id", ForeignKey("deployment.id"), nullable=False),
    Column("key", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("file", String(200), nullable=False),
    UniqueConstraint("key", "version"),
)

process_instance = Table(
    "process_instance",
    metadata,
    row_id(),
    Column("definition_id", ForeignKey("process_definition.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("number", String(80), nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("outcome", String(64)),
    Column("origin", String(64), nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("started_by", String(64), nullable=False),
    Column("ended_at", BigInteger),
    Column("linked_from", ForeignKey("process_instance.id"), index=True),
    Column("link", String(64)),
    Column("execution", LargeBinary),
    Column("history_length", Integer, nullable=False),
    Column("history_head", String(64), nullable=False),
    partial_index("process_instance_open", "started_at", "id", where="state <> 'ended'"),
    Index("process_instance_definition", "definition_id", "state"),
)  # fmt: skip

suspension = Table(
    "suspension",
    metadata,
    Column("case_id", ForeignKey("process_instance.id"), primary_key=True),
    Column("since", BigInteger, nullable=False),
    Column("suspended_by", String(64), nullable=False),
    Column("reason", Text, nullable=False),
)

variable = Table(
    "variable",
    metadata,
    Column("case_id", ForeignKey("process_instance.id"), primary_key=True),
    Column("scope", String(200), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("value", Text, nullable=False),
)

user_task = Table(
    "user_task",
    metadata,
    row_id(),
    Column("case_id", ForeignKey("process_instance.id"), nullable=False),
    Column("token", BigInteger, nullable=False),
    Column("element_id", String(200), nullable=False),
    Column("process_id", String(200), nullable=False),
    Column("name", Text, nullable=False),
    Column("scope", String(200), nullable=False),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("assignee", String(64)),
    Column("claimed_at", BigInteger),
    Column("candidates", Text, nullable=False),
    Column("form_ref", String(200)),
    Column("due_at", BigInteger, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("completed_by", String(64)),
    UniqueConstraint("case_id", "token"),
    Index("user_task_assignee", "assignee", "due_at", "id", sqlite_where=text("state = 'open'"),
          postgresql_where=text("state = 'open'")),
    Index("user_task_due", "due_at", "id", sqlite_where=text("state = 'open'"),
          postgresql_where=text("state = 'open'")),
    Index("user_task_done", "completed_by", "ended_at", sqlite_where=text("state = 'completed'"),
          postgresql_where=text("state = 'completed'")),
)  # fmt: skip

# Who may claim: only rows of open tasks that nobody has, so that a group's list is read from one index.
task_offer = Table(
    "task_offer",
    metadata,
    Column("principal", String(80), primary_key=True),
    Column("due_at", BigInteger, primary_key=True),
    Column("task_id", ForeignKey("user_task.id"), primary_key=True),
    Index("task_offer_task", "task_id"),
)

case_access = Table(
    "case_access",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("case_id", ForeignKey("process_instance.id"), primary_key=True),
    Column("reason", String(64), nullable=False),
    Index("case_access_case", "case_id"),
)

job = Table(
    "job",
    metadata,
    row_id(),
    Column("case_id", ForeignKey("process_instance.id")),
    Column("definition_id", ForeignKey("process_definition.id")),
    Column("token", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("element_id", String(200), nullable=False),
    Column("topic", String(200)),
    Column("rule", Text, nullable=False),
    Column("payload", Text),
    Column("due_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("retries", Integer),
    Column("lease_until", BigInteger, nullable=False),
    Column("lease", String(40)),
    Column("worker", String(200)),
    Column("state", String(16), nullable=False),
    Column("error", Text),
    Index("job_case", "case_id", "token"),
    # What calls the outside world is claimed apart from the rest, and may be slow without delaying a timer.
    partial_index("job_due", "due_at", "id", where="state = 'waiting' AND kind <> 'service'"),
    partial_index("job_service_due", "due_at", "id", where="state = 'waiting' AND kind = 'service'"),
    partial_index("job_external", "topic", "due_at", "id", where="state = 'external'"),
    partial_index("job_definition", "definition_id", where="definition_id IS NOT NULL"),
)

subscription = Table(
    "subscription",
    metadata,
    Column("case_id", ForeignKey("process_instance.id"), primary_key=True),
    Column("token", BigInteger, primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("element_id", String(200), nullable=False),
    Column("key", String(200)),
    Index("subscription_name", "name", "key"),
)

# Where a message or signal starts a case: start events of the newest version of each process.
start_subscription = Table(
    "start_subscription",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("process_key", String(200), primary_key=True),
    Column("element_id", String(200), primary_key=True),
    Column("definition_id", ForeignKey("process_definition.id"), nullable=False),
    Index("start_subscription_process", "process_key"),
)

# Messages that nobody waited for when they came.
message = Table(
    "message",
    metadata,
    row_id(),
    Column("name", String(200), nullable=False),
    Column("key", String(200)),
    Column("business_key", String(80)),
    # No foreign key: its check would wait for a case that is stepping and may itself wait for this name.
    Column("case_id", BigInteger),
    Column("element_id", String(200)),
    Column("content", Text, nullable=False),
    Column("sender", String(64), nullable=False),
    Column("origin", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Index("message_name", "name", "id"),
    Index("message_expiry", "expires_at"),
)

incident = Table(
    "incident",
    metadata,
    row_id(),
    Column("case_id", ForeignKey("process_instance.id"), index=True),
    Column("job_id", BigInteger),
    Column("token", BigInteger, nullable=False),
    Column("element_id", String(200), nullable=False),
    Column("message", Text, nullable=False),
    Column("raised_at", BigInteger, nullable=False),
    Column("resolved_at", BigInteger),
    Column("resolved_by", String(64)),
    partial_index("incident_open", "raised_at", where="resolved_at IS NULL"),
)

history = Table(
    "history",
    metadata,
    Column("case_id", ForeignKey("process_instance.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", String(64)),
    Column("what", String(32), nullable=False),
    Column("element_id", String(200), nullable=False),
    Column("token", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("hash", String(64), nullable=False),
)

reading = Table(
    "reading",
    metadata,
    row_id(),
    Column("case_id", BigInteger, nullable=False, index=True),
    Column("person_id", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("what", String(64), nullable=False),
)

case_clock = Table(
    "case_clock",
    metadata,
    Column("case_id", ForeignKey("process_instance.id"), primary_key=True),
    Column("name", String(64), primary_key=True),
    Column("token", BigInteger, primary_key=True),
    Column("starts", String(10), nullable=False),
    Column("target", String(10), nullable=False),
    Column("last_day", String(10), nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("stopped_at", BigInteger),
    Index("case_clock_running", "ends_at", sqlite_where=text("stopped_at IS NULL"),
          postgresql_where=text("stopped_at IS NULL")),
)  # fmt: skip

idempotency = Table(
    "idempotency",
    metadata,
    Column("person_id", String(64), primary_key=True),
    Column("key", String(80), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
