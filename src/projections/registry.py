"""Every projection of the service."""

from typing import cast

from projections.actions import ACTIONS
from projections.activity import ACTIVITY
from projections.commands import COMMANDS
from projections.event_index import EVENT_INDEX
from projections.installations import INSTALLATIONS
from projections.lanes import LANES
from projections.projection import AnyProjection
from projections.reading_problems import READING_PROBLEMS
from projections.repositories import REPOSITORIES

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
