"""Every projection of the service."""

from dataclasses import replace
from typing import cast

from projections.access_news import ACCESS_NEWS
from projections.actions.fold import ACTIONS
from projections.activity import ACTIVITY
from projections.check_records import CHECK_RECORDS
from projections.commands.fold import COMMANDS
from projections.costs.fold import COSTS
from projections.engine.projection import AnyProjection
from projections.events.index import EVENT_INDEX
from projections.events.reading_problems import READING_PROBLEMS
from projections.installations import INSTALLATIONS
from projections.lanes.fold import LANES
from projections.lanes.fresh import FreshLanes
from projections.repositories.fold import REPOSITORIES

PROJECTIONS = cast(
    "tuple[AnyProjection, ...]",  # each has rows of its own type; a runner treats them alike
    (
        REPOSITORIES,
        INSTALLATIONS,
        ACCESS_NEWS,
        ACTIVITY,
        CHECK_RECORDS,
        EVENT_INDEX,
        READING_PROBLEMS,
        LANES,
        ACTIONS,
        COMMANDS,
        COSTS,
    ),
)


def telling(fresh: FreshLanes) -> tuple[AnyProjection, ...]:
    """Return every projection, of which that of lanes tells what it folded."""
    lanes = cast("AnyProjection", replace(LANES, fresh=fresh))
    return tuple(lanes if each.name == LANES.name else each for each in PROJECTIONS)
