"""The tables of the office around the cases: people, sessions, drafts, files, sequences."""

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
)

from engine.store.schema import metadata, row_id

number_sequence = Table(
    "number_sequence",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("value", Integer, nullable=False),
)

draft = Table(
    "draft",
    metadata,
    Column("task_id", ForeignKey("user_task.id"), primary_key=True),
    Column("person_id", String(64), primary_key=True),
    Column("content", Text, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
)

design_draft = Table(
    "design_draft",
    metadata,
    Column("process_key", String(200), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("saved_at", BigInteger, nullable=False),
    Column("saved_by", String(64), nullable=False),
    Column("base_definition_id", BigInteger, nullable=False),
)

stored_file = Table(
    "stored_file",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("case_id", BigInteger, index=True),
    Column("name", Text, nullable=False),
    Column("media_type", String(120), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("uploaded_by", String(64), nullable=False),
    Column("uploaded_at", BigInteger, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", Text, nullable=False),
)

account = Table(
    "account",
    metadata,
    Column("login", String(64), primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("password_hash", Text, nullable=False),
)

post = Table(
    "post",
    metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("group_id", String(64), primary_key=True),
    Column("held_from", String(10), primary_key=True),
    Column("held_until", String(10)),
    Index("post_group", "group_id"),
)

log_in_failure = Table(
    "log_in_failure",
    metadata,
    row_id(),
    Column("login", String(64), nullable=False),
    Column("address", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("log_in_failure_login", "login", "at"),
)

session = Table(
    "session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("person_id", ForeignKey("person.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)
