"""What is looked at on GitHub now and then, and which deliveries are missing; no replay touches it.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    create_visits()
    create_deliveries()


def downgrade() -> None:
    for table in ("missing_deliveries", "recovery", "policy_reports", "visits"):
        op.drop_table(table)  # all can be found out anew
    op.execute("DELETE FROM reaction_checkpoints WHERE name IN ('policy_files', 'resync')")


def create_visits() -> None:
    op.create_table(
        "visits",
        sa.Column("purpose", sa.String(), primary_key=True),
        sa.Column("repository_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("installation_id", BIG, nullable=False),
        sa.Column("full_name", sa.String()),
        sa.Column("due_at", UTCDateTime()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String()),
    )
    op.create_index("ix_visits_due_at", "visits", ["purpose", "due_at"])
    op.create_table(
        "policy_reports",
        sa.Column("repository_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("commit", sa.String(), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=False),
    )


def create_deliveries() -> None:
    op.create_table(
        "recovery",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("complete_from", UTCDateTime()),
        sa.Column("complete_up_to", UTCDateTime()),
        sa.Column("looked_at", UTCDateTime()),
        sa.Column("settled_at", UTCDateTime()),
        sa.Column("error", sa.String()),
    )
    op.create_table(
        "missing_deliveries",
        sa.Column("guid", sa.Uuid(), primary_key=True),
        sa.Column("delivery_id", BIG, nullable=False),
        sa.Column("delivered_at", UTCDateTime(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("action", sa.String()),
        sa.Column("installation_id", BIG),
        sa.Column("repository_id", BIG),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("asked_at", UTCDateTime()),
        sa.Column("given_up", sa.String()),
    )
