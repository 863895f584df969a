"""What the conductor keeps for itself; no replay touches it.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reaction_checkpoints",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("position", BIG, nullable=False),
    )
    create_timers()
    op.create_table(
        "stuck_lanes",
        sa.Column("repository_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("since", UTCDateTime(), nullable=False),
    )


def downgrade() -> None:
    for table in ("stuck_lanes", "timers", "reaction_checkpoints"):  # all can be found out anew
        op.drop_table(table)


def create_timers() -> None:
    op.create_table(
        "timers",
        sa.Column("repository_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("issue_number", BIG, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("installation_id", BIG),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
    )
    op.create_index("ix_timers_due_at", "timers", ["due_at"])
