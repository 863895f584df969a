"""When waits began, so that whoever is started with another clock reckons them anew.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: None = None
depends_on: None = None

WAITING = ("action_tasks", "visits", "timers")


def upgrade() -> None:
    for name in WAITING:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("since", UTCDateTime()))
    with op.batch_alter_table("timers") as timers:
        timers.add_column(sa.Column("fires_at", UTCDateTime()))
        timers.add_column(sa.Column("reckoned_by", sa.String()))
        timers.create_index("ix_timers_fires_at", ["fires_at"])


def downgrade() -> None:
    with op.batch_alter_table("timers") as timers:
        timers.drop_index("ix_timers_fires_at")
        timers.drop_column("reckoned_by")
        timers.drop_column("fires_at")
    for name in WAITING:
        with op.batch_alter_table(name) as table:
            table.drop_column("since")
