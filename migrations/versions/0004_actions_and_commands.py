"""Actions, commands, and what pages show of each lane.

Revision ID: 0004
Revises: 0003
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OF_ACTIONS = ("installation_id", "repository_id", "issue_number", "kind", "mode", "outcome")
OF_COMMANDS = ("installation_id", "repository_id", "issue_number", "command")


def upgrade() -> None:
    create_actions()
    create_commands()
    create_lane_pages()
    create_workflows(sa.Column("started", sa.Boolean(), nullable=False))
    op.create_index("ix_workflows_totals", "workflows", ["stage", "installation_id"])


def downgrade() -> None:
    create_workflows()
    for table in ("lane_pages", "applied_commands", "commands", "actions"):  # follow from the log
        op.drop_table(table)
    op.execute("DELETE FROM projection_checkpoints WHERE name IN ('lanes', 'actions', 'commands')")


def create_actions() -> None:
    op.create_table(
        "actions",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("position", BIG, nullable=False),
        sa.Column("installation_id", BIG),
        sa.Column("repository_id", BIG),
        sa.Column("issue_number", BIG, nullable=False),
        sa.Column("pull_request_number", BIG),
        sa.Column("head_sha", sa.String()),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("generation", BIG, nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("cause", sa.Uuid()),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("requested_at", UTCDateTime(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("outcome_position", BIG),
        sa.Column("outcome_at", UTCDateTime()),
        sa.Column("attempts", BIG, nullable=False),
        sa.Column("error", sa.String()),
        sa.Column("answer", sa.JSON(), nullable=False),
    )
    op.create_index("ix_actions_position", "actions", ["position"])
    for name in OF_ACTIONS:
        op.create_index(f"ix_actions_{name}", "actions", [name, "position"])


def create_commands() -> None:
    op.create_table(
        "commands",
        sa.Column("position", BIG, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("installation_id", BIG),
        sa.Column("repository_id", BIG),
        sa.Column("issue_number", BIG),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("by", sa.String()),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
    )
    for name in OF_COMMANDS:
        op.create_index(f"ix_commands_{name}", "commands", [name, "position"])
    op.create_table(
        "applied_commands",
        sa.Column("position", BIG, primary_key=True, autoincrement=False),
        sa.Column("repository_id", BIG),
    )


def create_lane_pages() -> None:
    op.create_table(
        "lane_pages",
        sa.Column("repository_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("installation_id", BIG),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("mode_origin", sa.String(), nullable=False),
        sa.Column("paused_where", sa.String()),
        sa.Column("paused_reason", sa.String()),
        sa.Column("acting_user", sa.String()),
    )


def create_workflows(*more: sa.Column[Any]) -> None:
    """Make the table anew: its rows will be built again, since the lanes have another version."""
    op.drop_table("workflows")
    op.create_table(
        "workflows",
        sa.Column("repository_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("issue_number", BIG, primary_key=True, autoincrement=False),
        sa.Column("installation_id", BIG),
        sa.Column("stage", sa.String(), nullable=False),
        *more,
        sa.Column("position", BIG, nullable=False),
        sa.Column("queue_key", sa.String()),
        sa.Column("document", sa.JSON(), nullable=False),
    )
    op.create_index("ix_workflows_stage", "workflows", ["repository_id", "stage"])
