"""API tokens and codes for them, what the App says of their makers, and failures at the doors.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("token_hash", sa.String(), primary_key=True),
        sa.Column("id", sa.Uuid(), nullable=False, unique=True),
        sa.Column("user_id", BIG, index=True),
        sa.Column("login", sa.String()),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("only", sa.String()),
        sa.Column("made_with", sa.String()),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("made_behind", BIG, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("first_used_at", TIME),
        sa.Column("used_at", TIME),
    )
    op.create_table(
        "vouched_rights",
        sa.Column("user_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("repository_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("installation_id", BIG, nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("role", sa.Integer(), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("asked_behind", BIG, nullable=False),
    )
    op.create_table(
        "program_codes",
        sa.Column("code_hash", sa.String(), primary_key=True),
        sa.Column("challenge", sa.String(), nullable=False),
        sa.Column("user_id", BIG),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("made_with", sa.String()),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("ends_at", TIME, nullable=False, index=True),
    )
    op.create_table(
        "attempts",
        sa.Column("door", sa.String(), primary_key=True),
        sa.Column("who", sa.String(), primary_key=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("closings", sa.Integer(), nullable=False),
        sa.Column("closed_until", TIME),
        sa.Column("changed_at", TIME, nullable=False, index=True),
    )


def downgrade() -> None:
    """Programs are given tokens anew; whoever had to wait has to no longer."""
    for table in ("attempts", "program_codes", "vouched_rights", "api_tokens"):
        op.drop_table(table)
