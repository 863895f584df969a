"""Every table of the service, for Alembic."""

from sqlmodel import SQLModel

from events import lease, table
from projections import (
    actions,
    activity,
    checkpoints,
    commands,
    confirmations,
    event_index,
    installations,
    lane_pages,
    lanes,
    parked,
    reading_problems,
    repositories,
    workflows,
)
from reactions import checkpoints as reaction_checkpoints
from reactions.conductor import stuck, timetable
from reactions.executor import tasks
from reactions.policy_files import reporting
from reactions.recovery import state
from reactions.visits import table as visits

# Importing a module declares its tables.
_DECLARING = (
    table,
    lease,
    actions,
    activity,
    checkpoints,
    commands,
    confirmations,
    event_index,
    installations,
    lane_pages,
    lanes,
    parked,
    reading_problems,
    repositories,
    workflows,
    reaction_checkpoints,
    stuck,
    reporting,
    state,
    tasks,
    timetable,
    visits,
)

metadata = SQLModel.metadata
