"""Tasks note when a comment was last about to be posted, as its answer may be lost.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    with op.batch_alter_table("action_tasks") as tasks:
        tasks.add_column(sa.Column("sent_at", UTCDateTime()))
        tasks.add_column(sa.Column("sent", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("action_tasks") as tasks:
        tasks.drop_column("sent")
        tasks.drop_column("sent_at")
