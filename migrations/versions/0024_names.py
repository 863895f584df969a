"""The names that a repository has, and had.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: None = None
depends_on: None = None


TABLES = ("repositories", "repository_versions")


def upgrade() -> None:
    # Old rows can do without: they are found by no name until the read model is built anew.
    for table in TABLES:
        default = sa.text("''")
        op.add_column(
            table, sa.Column("names", sa.String(), nullable=False, server_default=default)
        )


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as changed:
            changed.drop_column("names")
