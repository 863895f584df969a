"""Setting up: links that were shown, and the App that was made.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "app_credentials",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("app_id", BIG, nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("client_id", sa.String(), nullable=False),
        sa.Column("html_url", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", TIME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "setups",
        sa.Column("token_hash", sa.String(), primary_key=True),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("browser_hash", sa.String(), unique=True),
    )


def downgrade() -> None:
    """Forget the App, which stays at GitHub: it is set in the environment, or made anew."""
    op.drop_table("setups")
    op.drop_table("app_credentials")
