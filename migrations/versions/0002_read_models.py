"""The first read models, with their checkpoints, parked events and leases.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FILTERS = (
    "source",
    "type",
    "installation_id",
    "repository_id",
    "actor",
    "actor_id",
    "issue",
    "pull_request",
    "correlation_id",
)
TABLES = (
    "repositories",
    "reading_problems",
    "projection_checkpoints",
    "parked_events",
    "leases",
    "installations",
    "event_index",
    "activity",
)


def upgrade() -> None:
    create_operational_tables()
    create_repositories()
    create_installations()
    create_activity()
    create_event_index()
    create_reading_problems()


def downgrade() -> None:
    for table in TABLES:  # all of it can be built again from the log
        op.drop_table(table)


def create_operational_tables() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
    )
    op.create_table(
        "projection_checkpoints",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", BIG, nullable=False),
    )
    op.create_table(
        "parked_events",
        sa.Column("projection", sa.String(), primary_key=True),
        sa.Column("position", BIG, primary_key=True),
        sa.Column("error", sa.String(), nullable=False),
    )


def create_repositories() -> None:
    op.create_table(
        "repositories",
        sa.Column("id", BIG, primary_key=True, autoincrement=False),
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
    )
    op.create_index("ix_repositories_installation_id", "repositories", ["installation_id", "id"])


def create_installations() -> None:
    op.create_table(
        "installations",
        sa.Column("id", BIG, primary_key=True, autoincrement=False),
        sa.Column("account_id", BIG),
        sa.Column("account_login", sa.String()),
        sa.Column("account_type", sa.String()),
        sa.Column("repository_selection", sa.String()),
        sa.Column("suspended", sa.Boolean()),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("event_count", BIG, nullable=False),
        sa.Column("last_event_at", UTCDateTime()),
        sa.Column("seen_at", UTCDateTime()),
    )


def create_activity() -> None:
    op.create_table(
        "activity",
        sa.Column("repository_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("type", sa.String(), primary_key=True),
        sa.Column("installation_id", BIG),
        sa.Column("count", BIG, nullable=False),
    )


def create_event_index() -> None:
    op.create_table(
        "event_index",
        sa.Column("position", BIG, primary_key=True, autoincrement=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("action", sa.String()),
        sa.Column("installation_id", BIG),
        sa.Column("repository_id", BIG),
        sa.Column("actor", sa.String()),
        sa.Column("actor_id", BIG),
        sa.Column("issue", BIG),
        sa.Column("pull_request", BIG),
        sa.Column("correlation_id", sa.Uuid()),
    )
    for name in FILTERS:
        op.create_index(f"ix_event_index_{name}", "event_index", [name, "position"])


def create_reading_problems() -> None:
    op.create_table(
        "reading_problems",
        sa.Column("position", BIG, primary_key=True, autoincrement=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("action", sa.String()),
        sa.Column("installation_id", BIG),
        sa.Column("repository_id", BIG),
        sa.Column("places", sa.JSON(), nullable=False),
    )
