"""Whom workflows wait for, and what of them is searched.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: None = None
depends_on: None = None

FORGET = "DELETE FROM projection_checkpoints WHERE name = 'lanes'"
_INDEX = "ix_workflows_attention"


def upgrade() -> None:
    """Pages of before lack what they would be found by: they are built again."""
    op.execute(FORGET)
    op.add_column(
        "workflows",
        sa.Column("attention", sa.String(), nullable=False, server_default=sa.text("'over'")),
    )
    op.add_column(
        "workflows", sa.Column("words", sa.Text(), nullable=False, server_default=sa.text("''"))
    )
    op.create_index(_INDEX, "workflows", ["attention", "repository_id", "issue_number"])


def downgrade() -> None:
    # By its column: in tables that were built beside others it has another name.
    for index in sa.inspect(op.get_bind()).get_indexes("workflows"):
        if "attention" in index["column_names"]:
            op.drop_index(str(index["name"]), "workflows")
    with op.batch_alter_table("workflows") as table:
        table.drop_column("words")
        table.drop_column("attention")
