"""Actions that are to be done; no replay touches them.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "action_tasks",
        sa.Column("action_id", sa.Uuid(), primary_key=True),
        sa.Column("position", BIG, nullable=False),
        sa.Column("repository_id", BIG, nullable=False),
        sa.Column("installation_id", BIG),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("requested_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String()),
        sa.Column("held_until", UTCDateTime()),
    )
    op.create_index("ix_action_tasks_repository_id", "action_tasks", ["repository_id", "position"])


def downgrade() -> None:
    op.drop_table("action_tasks")  # the log says which are to be done
    op.execute("DELETE FROM reaction_checkpoints WHERE name = 'executor'")
