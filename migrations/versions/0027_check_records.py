"""How checks went on default branches lately.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "check_records",
        sa.Column("repository_id", BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("installation_id", BIG, nullable=True),
        sa.Column("position", BIG, nullable=False, server_default=sa.text("0")),
        sa.Column("results", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("repository_id", "name"),
    )


def downgrade() -> None:
    op.drop_table("check_records")
