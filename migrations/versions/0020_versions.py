"""How things were: versions of what pages show beside workflows.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ZERO = sa.text("0")
TABLES = (
    "workflow_turns",
    "lane_page_versions",
    "around_versions",
    "repository_versions",
    "installation_versions",
)


def upgrade() -> None:
    """Create them empty: older rows are shown until others, with these, are built beside."""
    op.create_table(
        "workflow_turns",
        *given("repository_id", "issue_number", "position"),
        sa.Column("stage", sa.String()),
        sa.Column("started", sa.Boolean(), nullable=False),
        sa.Column("queue_key", sa.String()),
    )
    op.create_table(
        "lane_page_versions",
        *given("repository_id"),
        sa.Column("installation_id", BIG),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("mode_origin", sa.String(), nullable=False),
        sa.Column("paused_where", sa.String()),
        sa.Column("paused_reason", sa.String()),
        sa.Column("acting_user", sa.String()),
        sa.Column("visible_from", BIG, nullable=False, server_default=ZERO),
        *given("position"),
    )
    op.create_table(
        "around_versions",
        sa.Column("kind", sa.String(), primary_key=True),
        *given("whose", "position"),
        sa.Column("state", sa.Text()),
    )
    op.create_table("repository_versions", *repository_columns())
    op.create_table(
        "installation_versions",
        *given("id", "position"),
        sa.Column("account_login", sa.String()),
        sa.Column("suspended", sa.Boolean()),
        sa.Column("deleted", sa.Boolean(), nullable=False),
    )


def repository_columns() -> list[sa.Column[object]]:
    return [
        *given("id"),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("private", sa.Boolean()),
        sa.Column("archived", sa.Boolean()),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("default_branch", sa.String()),
        sa.Column("installation_id", BIG),
        sa.Column("connected", sa.Boolean()),
        sa.Column("event_count", BIG, nullable=False),
        sa.Column("last_event_at", UTCDateTime()),
        sa.Column("seen_at", UTCDateTime()),
        sa.Column("connection_at", UTCDateTime()),
        sa.Column("claimed_position", BIG),
        sa.Column("claimed_installation_id", BIG),
        sa.Column("claimed_full_name", sa.String()),
        sa.Column("claimed_at", UTCDateTime()),
        sa.Column("events_before", BIG, nullable=False, server_default=ZERO),
        *given("position"),
    ]


def given(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, BIG, primary_key=True, autoincrement=False) for name in names]


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)  # it follows from the log
    op.execute(
        "DELETE FROM projection_checkpoints"
        " WHERE name IN ('lanes', 'repositories', 'installations')"
    )
