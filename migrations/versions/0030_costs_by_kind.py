"""Sums of costs along one index, which holds all that they read.

Revision ID: 0030
Revises: 0029
"""

from alembic import op

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: None = None
depends_on: None = None

SUMMED = ["issue_number", "session", "day", "called_off", "ended", "seconds", "position"]


def upgrade() -> None:
    op.create_index("ix_costs_kind", "costs", ["repository_id", "kind", *SUMMED])


def downgrade() -> None:
    op.drop_index("ix_costs_kind", "costs")
