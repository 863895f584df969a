"""Consents: who lets the service act as them in which repository.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "consents",
        sa.Column("user_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("repository_id", BIG, primary_key=True, autoincrement=False, index=True),
        sa.Column("installation_id", BIG, nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("given_at", TIME, nullable=False),
        sa.Column("given_behind", BIG, nullable=False),
        sa.Column("checked_at", TIME, nullable=False),
        sa.Column("checked_behind", BIG, nullable=False),
        sa.Column("lost_at", TIME),
        sa.Column("why", sa.String()),
        sa.Column("told", sa.Boolean(), nullable=False, index=True),
    )


def downgrade() -> None:
    """Whoever let us act as them has to consent again."""
    op.drop_table("consents")
