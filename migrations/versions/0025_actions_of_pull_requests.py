"""Actions of a pull request are found by an index.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_index(
        "ix_actions_pull_request_number", "actions", ["pull_request_number", "position"]
    )


def downgrade() -> None:
    # By its column: in tables that were built beside others it has another name.
    for index in sa.inspect(op.get_bind()).get_indexes("actions"):
        if "pull_request_number" in index["column_names"]:
            op.drop_index(str(index["name"]), "actions")
