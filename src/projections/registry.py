"""Every projection of the service."""

from typing import cast

from projections.actions.fold import ACTIONS
from projections.activity import ACTIVITY
from projections.commands.fold import COMMANDS
from projections.engine.projection import AnyProjection
from projections.events.index import EVENT_INDEX
from projections.events.reading_problems import READING_PROBLEMS
from projections.installations import INSTALLATIONS
from projections.lanes.fold import LANES
from projections.repositories.fold import REPOSITORIES

PROJECTIONS = cast(
    "tuple[AnyProjection, ...]",  # each has rows of its own type; a runner treats them alike
    (
        REPOSITORIES,
        INSTALLATIONS,
        ACTIVITY,
        EVENT_INDEX,
        READING_PROBLEMS,
        LANES,
        ACTIONS,
        COMMANDS,
    ),
)
