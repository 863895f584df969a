"""People: sessions, sign-ins under way, their tokens and rights, administrators, news of access.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(), primary_key=True),
        sa.Column("id", sa.Uuid(), nullable=False, unique=True),
        sa.Column("user_id", BIG, index=True),
        sa.Column("login", sa.String()),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("made_with", sa.String()),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("began_behind", BIG, nullable=False),
        sa.Column("used_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
    )
    op.create_table(
        "sign_ins",
        sa.Column("state_hash", sa.String(), primary_key=True),
        sa.Column("browser_hash", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("verifier", sa.LargeBinary(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("ends_at", TIME, nullable=False, index=True),
    )
    op.create_table(
        "user_tokens",
        sa.Column("user_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("use", sa.String(), primary_key=True),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("access_ends_at", TIME),
        sa.Column("refresh_ends_at", TIME),
        sa.Column("kept_at", TIME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.String()),
        sa.Column("leased_until", TIME),
    )
    op.create_table(
        "reaches",
        sa.Column("user_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("read_at", TIME, nullable=False),
        sa.Column("read_behind", BIG, nullable=False),
    )
    op.create_table(
        "repository_rights",
        sa.Column("user_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("repository_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("installation_id", BIG, nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("role", sa.Integer(), nullable=False),
    )
    op.create_table(
        "installation_rights",
        sa.Column("user_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("installation_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("owns", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "administrators",
        sa.Column("user_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("named_by", sa.String(), nullable=False),
        sa.Column("named_at", TIME, nullable=False),
    )
    op.create_table(
        "access_news",
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("id", BIG, primary_key=True, autoincrement=False),
        sa.Column("position", BIG, nullable=False),
    )


def downgrade() -> None:
    """Everybody signs in again; who administers by set-up alone has to be named by the setting."""
    for table in (
        *("access_news", "administrators", "installation_rights", "repository_rights", "reaches"),
        *("user_tokens", "sign_ins", "sessions"),
    ):
        op.drop_table(table)
