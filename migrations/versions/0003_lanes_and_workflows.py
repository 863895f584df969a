"""Lanes and the workflows that follow from them.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    create_lanes()
    create_workflows()
    create_workflow_versions()


def downgrade() -> None:
    for table in ("workflow_versions", "workflows", "lanes"):  # all follow from the log
        op.drop_table(table)
    op.execute("DELETE FROM projection_checkpoints WHERE name = 'lanes'")


def create_lanes() -> None:
    op.create_table(
        "lanes",
        sa.Column("repository_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("installation_id", BIG),
        sa.Column("position", BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
    )
    op.create_index("ix_lanes_position", "lanes", ["position"])


def create_workflows() -> None:
    op.create_table(
        "workflows",
        sa.Column("repository_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("issue_number", BIG, primary_key=True, autoincrement=False),
        sa.Column("installation_id", BIG),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column("queue_key", sa.String()),
        sa.Column("document", sa.JSON(), nullable=False),
    )
    op.create_index("ix_workflows_stage", "workflows", ["repository_id", "stage"])


def create_workflow_versions() -> None:
    op.create_table(
        "workflow_versions",
        sa.Column("repository_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("issue_number", BIG, primary_key=True, autoincrement=False),
        sa.Column("position", BIG, primary_key=True, autoincrement=False),
        sa.Column("installation_id", BIG),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("stage", sa.String()),
        sa.Column("entered", sa.Boolean(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
    )
