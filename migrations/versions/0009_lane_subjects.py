"""A lane's subjects in rows of their own, and what is around all lanes in another.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FORGET = "DELETE FROM projection_checkpoints WHERE name = 'lanes'"  # they are built again


def upgrade() -> None:
    op.execute("DELETE FROM lanes")
    with op.batch_alter_table("lanes") as lanes:
        lanes.add_column(sa.Column("trimmed", BIG, nullable=False))
        lanes.add_column(sa.Column("error", sa.String()))
        lanes.add_column(sa.Column("error_position", BIG))
    op.create_table(
        "lane_subjects",
        sa.Column("repository_id", BIG, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("position", BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
    )
    op.create_index("ix_lane_subjects_position", "lane_subjects", ["repository_id", "position"])
    op.create_table(
        "surroundings",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("position", BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
    )
    op.execute(FORGET)


def downgrade() -> None:
    op.drop_table("surroundings")  # all follows from the log
    op.drop_table("lane_subjects")
    op.execute("DELETE FROM lanes")
    with op.batch_alter_table("lanes") as lanes:
        lanes.drop_column("error_position")
        lanes.drop_column("error")
        lanes.drop_column("trimmed")
    op.execute(FORGET)
