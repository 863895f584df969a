"""What work cost.

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "costs",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("position", BIG, nullable=False),
        sa.Column("repository_id", BIG, nullable=False),
        sa.Column("issue_number", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("called_off", BIG, nullable=True),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("seconds", BIG, nullable=True),
        sa.Column("ended", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_costs_day", "costs", ["day", "repository_id"])
    op.create_index("ix_costs_issue", "costs", ["repository_id", "issue_number"])


def downgrade() -> None:
    op.drop_table("costs")
