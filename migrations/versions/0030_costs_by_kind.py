"""Sums of costs along one index, which holds all that they read.

Revision ID: 0030
Revises: 0029
"""

from alembic import op
from sqlalchemy import inspect

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: None = None
depends_on: None = None

KEYS = ["repository_id", "kind"]
SUMMED = ["issue_number", "session", "day", "called_off", "ended", "seconds", "position"]


def upgrade() -> None:
    op.create_index("ix_costs_kind", "costs", [*KEYS, *SUMMED])


def downgrade() -> None:
    # By its columns: in tables that were built beside others it has another name.
    for index in inspect(op.get_bind()).get_indexes("costs"):
        if index["column_names"] == [*KEYS, *SUMMED]:
            op.drop_index(str(index["name"]), "costs")
