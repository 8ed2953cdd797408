"""Suspended cases; they are open, too."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _create_partial(name: str, where: str) -> None:
    columns = ["started_at", "id"]
    op.create_index(name, "process_instance", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    op.create_table(
        "suspension",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("suspended_by", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["process_instance.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.drop_index("process_instance_active", "process_instance")
    _create_partial("process_instance_open", "state <> 'ended'")


def downgrade() -> None:
    op.execute("UPDATE job SET state = substr(state, 8) WHERE state LIKE 'paused-%'")
    op.execute("UPDATE process_instance SET state = 'active' WHERE state = 'suspended'")
    op.drop_index("process_instance_open", "process_instance")
    _create_partial("process_instance_active", "state = 'active'")
    op.drop_table("suspension")
