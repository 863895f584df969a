"""The questions that GitHub is to be asked.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "questions",
        sa.Column("repository_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("issue_number", BIG, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("pull_request_number", BIG, primary_key=True, autoincrement=False),
        sa.Column("user_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("installation_id", BIG, nullable=False),
        sa.Column("stamp", BIG, nullable=False),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("error", sa.String()),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_questions_due_at", "questions", ["due_at"])


def downgrade() -> None:
    op.drop_table("questions")  # they are asked again
