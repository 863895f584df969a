"""What an event brought about, found by an index.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: None = None
depends_on: None = None

INDEX = "ix_event_index_causation_id"


def upgrade() -> None:
    """Add what old rows can do without: they are shown until others are built beside them."""
    op.add_column("event_index", sa.Column("causation_id", sa.Uuid()))
    op.create_index(INDEX, "event_index", ["causation_id", "position"])


def downgrade() -> None:
    # By its column: in tables that were built beside others it has another name.
    for index in sa.inspect(op.get_bind()).get_indexes("event_index"):
        if "causation_id" in index["column_names"]:
            op.drop_index(str(index["name"]), "event_index")
    with op.batch_alter_table("event_index") as changed:
        changed.drop_column("causation_id")
