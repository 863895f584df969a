"""A queue is found by what sorts it, however much is done in its repository.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_index("ix_workflows_queue", "workflows", ["repository_id", "queue_key"])


def downgrade() -> None:
    # By its column: in tables that were built beside others it has another name.
    for index in sa.inspect(op.get_bind()).get_indexes("workflows"):
        if "queue_key" in index["column_names"]:
            op.drop_index(str(index["name"]), "workflows")
