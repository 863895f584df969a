"""Read models that are built beside those that are read.

From here on an index of a read model may have a number behind its name: see decision 24.

Revision ID: 0014
Revises: 0013
"""

import re

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBERED = re.compile(r"(\w+?)__\d+")


def upgrade() -> None:
    op.create_table(
        "projection_builds",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
    )
    op.add_column(
        "projection_checkpoints",
        sa.Column("generation", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )


def downgrade() -> None:
    drop_what_nobody_reads()
    give_indexes_their_names()
    with op.batch_alter_table("projection_checkpoints") as checkpoints:
        checkpoints.drop_column("generation")
    op.drop_table("projection_builds")


def drop_what_nobody_reads() -> None:
    for name in sa.inspect(op.get_bind()).get_table_names():
        if NUMBERED.fullmatch(name):
            op.drop_table(name)


def give_indexes_their_names() -> None:
    """SQLite renames no index, so they are made again."""
    inspector = sa.inspect(op.get_bind())
    for table in inspector.get_table_names():
        for index in inspector.get_indexes(table):
            if found := NUMBERED.fullmatch(str(index["name"])):
                op.drop_index(str(index["name"]), table)
                op.create_index(found[1], table, [str(name) for name in index["column_names"]])
