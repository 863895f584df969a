"""One line per repository, in SQL: its health, what holds for it, its work, its need of people."""

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    case,
    false,
    func,
    or_,
    select,
)

from events.table import table_of
from projections.access import Access, built_once
from projections.installations import InstallationRow
from projections.lanes.model import lane_circumstances
from projections.repositories.model import Attention, RepositoryRow, events_seen
from projections.workflows.model import NEEDS_HUMAN, UNDER_WAY, WAITING, workflows

_ATTENTION: tuple[Attention, ...] = ("needs_human", "stuck", "running", "idle")
_LANE = ("mode", "mode_origin", "paused_where", "paused_reason", "acting_user")
_QUEUED, _BLOCKED = WAITING

_repositories = table_of(RepositoryRow)
_installations = table_of(InstallationRow)


def _is(column: ColumnElement[bool | None]) -> ColumnElement[bool]:
    return func.coalesce(column, false())


# What is worst holds: the first that applies.
_HEALTH = case(
    (_is(_repositories.c.deleted), "deleted"),
    (or_(_repositories.c.connected.is_(False), _is(_installations.c.deleted)), "disconnected"),
    (_is(_installations.c.suspended), "suspended"),
    (_is(_repositories.c.archived), "archived"),
    else_="ok",
)


@built_once
def lines(access: Access) -> Subquery:
    """Return the repositories within reach, each with all that its page shows but its work.

    Of a repository without a lane the mode is null.
    """
    counted = _counted(access).subquery("counted")
    waiting = counted.c.queued + counted.c.blocked
    columns = (*counted.columns, waiting.label("queue_depth"), _attention(counted))
    return select(*columns).subquery("lines")


def urgency(line: FromClause) -> ColumnElement[int]:
    """Return by what lines are sorted, those that need a person first."""
    ranks = {attention: rank for rank, attention in enumerate(_ATTENTION)}
    return case(ranks, value=line.c.attention)


def _counted(access: Access) -> Select[tuple[object, ...]]:
    lane = lane_circumstances.c.repository_id == _repositories.c.id
    joined = _repositories.outerjoin(
        _installations, _installations.c.id == _repositories.c.installation_id
    ).outerjoin(lane_circumstances, lane)
    return (
        select(
            *(each for each in _repositories.columns if each.name != "event_count"),
            events_seen(access).label("event_count"),
            _HEALTH.label("health"),
            _installations.c.account_login,
            *(lane_circumstances.c[name] for name in _LANE),
            _count(NEEDS_HUMAN).label("needs_human"),
            _count(_QUEUED).label("queued"),
            _count(_BLOCKED).label("blocked"),
            _count(*UNDER_WAY).label("under_way"),
        )
        .select_from(joined)
        .where(access.holds(_repositories.c.id))
    )


def _count(*stages: str) -> ScalarSelect[int]:
    """Count the workflows of one repository, which the index on both does without their rows."""
    return (
        select(func.count())
        .select_from(workflows)
        .where(workflows.c.repository_id == _repositories.c.id, workflows.c.stage.in_(stages))
        .correlate(_repositories)
        .scalar_subquery()
    )


def _attention(line: FromClause) -> ColumnElement[str]:
    """Say how much a repository needs a person; the first that applies.

    An action that failed for good puts its workflow among those that need a person, until it is
    retried or its purpose has passed, so the history of actions is not asked.
    """
    c = line.c
    waiting = c.queued + c.blocked
    nothing_can_be_done = or_(c.health == "deleted", c.health == "archived")
    without_access = c.health.in_(("disconnected", "suspended"))
    needs_human = or_(without_access, c.claimed_position.is_not(None), c.needs_human > 0)
    nobody_acts = and_(c.mode == "live", c.acting_user.is_(None))
    all_blocked = and_(c.blocked > 0, c.queued + c.under_way == 0)
    held = or_(c.paused_where.is_not(None), nobody_acts, all_blocked)
    has_work = waiting + c.under_way > 0
    return case(
        (nothing_can_be_done, "idle"),
        (needs_human, "needs_human"),
        (and_(has_work, held), "stuck"),
        (has_work, "running"),
        else_="idle",
    ).label("attention")
