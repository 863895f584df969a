"""The log: its table, its head, and the triggers that keep it as it is.

Revision ID: 0001
Revises:
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision: str = "0001"
down_revision: str | None = None
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    create_events()
    create_head()
    dialect = op.get_bind().dialect.name
    for statement in SQLITE if dialect == "sqlite" else POSTGRES:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM events")):
        raise RuntimeError("this downgrade would drop recorded events; it refuses")
    op.drop_table("log_head")
    op.drop_table("events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_log_change")


def create_events() -> None:
    op.create_table(
        "events",
        sa.Column("position", BIG, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("action", sa.String()),
        sa.Column("schema_version", sa.Integer()),
        sa.Column("installation_id", BIG),
        sa.Column("repository_id", BIG),
        sa.Column("actor_id", BIG),
        sa.Column("actor_login", sa.String()),
        sa.Column("subject_kind", sa.String()),
        sa.Column("subject_number", BIG),
        sa.Column("head_sha", sa.String()),
        sa.Column("occurred_at", UTCDateTime()),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("causation_id", sa.Uuid()),
        sa.Column("correlation_id", sa.Uuid()),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("payload_sha256", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.UniqueConstraint("id"),
    )
    op.create_index("ix_events_repository_position", "events", ["repository_id", "position"])


def create_head() -> None:
    head = op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("position", BIG, nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
    )
    empty = {"id": 1, "position": 0, "recorded_at": datetime(1970, 1, 1, tzinfo=UTC)}
    op.bulk_insert(head, [empty | {"hash": "0" * 64}])


SQLITE = (
    """CREATE TRIGGER events_refuse_update BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'the log is append-only: UPDATE refused'); END""",
    """CREATE TRIGGER events_refuse_delete BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'the log is append-only: DELETE refused'); END""",
    # INSERT OR REPLACE deletes without a DELETE trigger.
    """CREATE TRIGGER events_refuse_replace BEFORE INSERT ON events
    WHEN EXISTS (SELECT 1 FROM events WHERE position = NEW.position)
      OR EXISTS (SELECT 1 FROM events WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the log is append-only: position or id is taken'); END""",
    """CREATE TRIGGER log_head_refuse_rewind BEFORE UPDATE ON log_head
    WHEN NEW.position < OLD.position OR NEW.id <> OLD.id
    BEGIN SELECT RAISE(ABORT, 'the log is append-only: its head moves forward'); END""",
    """CREATE TRIGGER log_head_refuse_delete BEFORE DELETE ON log_head
    BEGIN SELECT RAISE(ABORT, 'the log is append-only: it keeps its head'); END""",
    """CREATE TRIGGER log_head_refuse_insert BEFORE INSERT ON log_head
    BEGIN SELECT RAISE(ABORT, 'the log is append-only: it has one head'); END""",
)

POSTGRES = (
    """CREATE FUNCTION refuse_log_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'the log is append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
    END $$""",
    """CREATE TRIGGER events_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change()""",
    """CREATE TRIGGER log_head_refuse_rewind BEFORE UPDATE ON log_head
    FOR EACH ROW WHEN (NEW.position < OLD.position OR NEW.id <> OLD.id)
    EXECUTE FUNCTION refuse_log_change()""",
    """CREATE TRIGGER log_head_refuse_change BEFORE INSERT OR DELETE OR TRUNCATE ON log_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change()""",
    "ALTER TABLE events ENABLE ALWAYS TRIGGER events_refuse_change",
    "ALTER TABLE log_head ENABLE ALWAYS TRIGGER log_head_refuse_rewind",
    "ALTER TABLE log_head ENABLE ALWAYS TRIGGER log_head_refuse_change",
    # Payloads are most of the log: lz4 packs them many times faster than PostgreSQL's own method,
    # where the server was built with it.
    """DO $$ BEGIN
      ALTER TABLE events ALTER COLUMN payload SET COMPRESSION lz4;
    EXCEPTION WHEN feature_not_supported THEN NULL;
    END $$""",
    # One row, rewritten at every append: leave room for its next versions on its own page.
    "ALTER TABLE log_head SET (fillfactor = 10)",
)
