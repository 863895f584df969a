"""What is wrong with a repository's policy file, beside what holds for its lane.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: None = None
depends_on: None = None


TABLES = ("lane_pages", "lane_page_versions")


def upgrade() -> None:
    # Old rows say that nothing is wrong until the read model is built anew.
    for table in TABLES:
        op.add_column(table, sa.Column("policy_problem", sa.String()))


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as changed:
            changed.drop_column("policy_problem")
