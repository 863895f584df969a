"""What deliveries claim against what is known of whose a repository is.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlmodel import UTCDateTime

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: None = None
depends_on: None = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FORGET = "DELETE FROM projection_checkpoints WHERE name = 'repositories'"  # they are built again
INDEX = "ix_repositories_claimed_position"


def upgrade() -> None:
    with op.batch_alter_table("repositories") as repositories:
        repositories.add_column(sa.Column("claimed_position", BIG))
        repositories.add_column(sa.Column("claimed_installation_id", BIG))
        repositories.add_column(sa.Column("claimed_full_name", sa.String()))
        repositories.add_column(sa.Column("claimed_at", UTCDateTime()))
    op.create_index(INDEX, "repositories", ["claimed_position"])
    op.execute(FORGET)


def downgrade() -> None:
    op.drop_index(INDEX, "repositories")
    with op.batch_alter_table("repositories") as repositories:
        repositories.drop_column("claimed_at")
        repositories.drop_column("claimed_full_name")
        repositories.drop_column("claimed_installation_id")
        repositories.drop_column("claimed_position")
    op.execute(FORGET)
