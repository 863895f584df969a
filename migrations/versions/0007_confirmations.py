"""Which actions GitHub has shown to be done.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "confirmations",
        sa.Column("action_id", sa.Uuid(), primary_key=True),
        sa.Column("position", BIG, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("confirmations")  # it follows from the log
    op.execute("DELETE FROM projection_checkpoints WHERE name = 'lanes'")
