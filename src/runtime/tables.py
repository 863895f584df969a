"""Every table of the service, for Alembic."""

from sqlmodel import SQLModel

from events import lease, table
from projections import (
    activity,
    checkpoints,
    event_index,
    installations,
    lanes,
    parked,
    reading_problems,
    repositories,
    workflows,
)

# Importing a module declares its tables.
_DECLARING = (
    table,
    lease,
    activity,
    checkpoints,
    event_index,
    installations,
    lanes,
    parked,
    reading_problems,
    repositories,
    workflows,
)

metadata = SQLModel.metadata
