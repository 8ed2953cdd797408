"""Jobs without a case, kept messages, start subscriptions, external tasks."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WAITING = "state = 'waiting'"
IN_DATABASE = "state = 'waiting' AND kind <> 'service'"
OUTSIDE = "state = 'waiting' AND kind = 'service'"


def _create_partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    # Dropped before SQLite copies the table: a copied index would lose its condition.
    op.drop_index("job_due", "job")
    with op.batch_alter_table("job") as batch_op:
        batch_op.alter_column("case_id", existing_type=sa.BigInteger(), nullable=True)
        batch_op.add_column(sa.Column("definition_id", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("payload", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("retries", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("worker", sa.String(length=200), nullable=True))
        batch_op.create_foreign_key("job_definition_id_fkey", "process_definition", ["definition_id"], ["id"])
    _create_partial("job_due", "job", ["due_at", "id"], IN_DATABASE)
    _create_partial("job_service_due", "job", ["due_at", "id"], OUTSIDE)
    _create_partial("job_external", "job", ["topic", "due_at", "id"], "state = 'external'")
    _create_partial("job_definition", "job", ["definition_id"], "definition_id IS NOT NULL")

    with op.batch_alter_table("incident") as batch_op:
        batch_op.alter_column("case_id", existing_type=sa.BigInteger(), nullable=True)
    _create_partial("incident_open", "incident", ["raised_at"], "resolved_at IS NULL")

    with op.batch_alter_table("subscription") as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=16), nullable=False, server_default="message"))

    op.create_table(
        "start_subscription",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("process_key", sa.String(length=200), nullable=False),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("definition_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["definition_id"], ["process_definition.id"]),
        sa.PrimaryKeyConstraint("kind", "name", "process_key", "element_id"),
    )
    op.create_index("start_subscription_process", "start_subscription", ["process_key"])

    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=True),
        sa.Column("business_key", sa.String(length=80), nullable=True),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("element_id", sa.String(length=200), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("message_name", "message", ["name", "id"])
    op.create_index("message_expiry", "message", ["expires_at"])


def downgrade() -> None:
    op.drop_table("message")
    op.drop_table("start_subscription")
    with op.batch_alter_table("subscription") as batch_op:
        batch_op.drop_column("kind")
    op.drop_index("incident_open", "incident")
    op.execute("DELETE FROM incident WHERE case_id IS NULL")
    with op.batch_alter_table("incident") as batch_op:
        batch_op.alter_column("case_id", existing_type=sa.BigInteger(), nullable=False)
    for name in ("job_due", "job_service_due", "job_external", "job_definition"):
        op.drop_index(name, "job")
    op.execute("DELETE FROM job WHERE case_id IS NULL")
    with op.batch_alter_table("job") as batch_op:
        batch_op.drop_constraint("job_definition_id_fkey", type_="foreignkey")
        for name in ("definition_id", "payload", "retries", "worker"):
            batch_op.drop_column(name)
        batch_op.alter_column("case_id", existing_type=sa.BigInteger(), nullable=False)
    _create_partial("job_due", "job", ["due_at", "id"], WAITING)
