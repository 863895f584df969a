"""Every table of the service, for Alembic."""

from sqlmodel import SQLModel

from events import lease, table
from people import (
    administrators,
    api_tokens,
    attempts,
    consents,
    kept_app,
    pairs,
    programs,
    rights,
    sessions,
    setting_up,
    sign_ins,
    vouching,
)
from projections import access_news, activity, check_records, installations
from projections.actions import model as actions
from projections.commands import model as commands
from projections.costs import model as costs
from projections.engine import builds, checkpoints, parked
from projections.events import index, reading_problems
from projections.lanes import around
from projections.lanes import model as lanes
from projections.repositories import model as repositories
from projections.workflows import model as workflows
from reactions import checkpoints as reaction_checkpoints
from reactions.asking import table as questions
from reactions.conductor import stuck, timetable
from reactions.executor import tasks
from reactions.policy_files import reporting
from reactions.recovery import state
from reactions.visits import table as visits

# Importing a module declares its tables.
_DECLARING = (
    table,
    lease,
    access_news,
    actions,
    activity,
    around,
    builds,
    check_records,
    checkpoints,
    commands,
    costs,
    index,
    installations,
    lanes,
    parked,
    reading_problems,
    repositories,
    workflows,
    reaction_checkpoints,
    questions,
    stuck,
    reporting,
    state,
    tasks,
    timetable,
    visits,
    administrators,
    api_tokens,
    attempts,
    consents,
    kept_app,
    pairs,
    programs,
    rights,
    sessions,
    setting_up,
    sign_ins,
    vouching,
)

metadata = SQLModel.metadata
