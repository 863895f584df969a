"""What is hidden of a repository that moved to another installation.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Old rows can do without: read models of the version before hide nothing until they are built anew.
COLUMNS = (
    ("lane_pages", "visible_from"),
    ("repositories", "events_before"),
    ("activity", "first_position"),
    ("activity", "position"),
)


def upgrade() -> None:
    for table, column in COLUMNS:
        default = sa.text("0")
        op.add_column(table, sa.Column(column, BIG, nullable=False, server_default=default))


def downgrade() -> None:
    for table, column in reversed(COLUMNS):
        with op.batch_alter_table(table) as changed:
            changed.drop_column(column)
