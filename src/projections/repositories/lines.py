"""One line per repository, in SQL: its health, what holds for it, its work, its need of people."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    and_,
    case,
    false,
    func,
    or_,
    select,
)

from events.statement import among
from projections.access import Access
from projections.repositories.model import Attention, events_seen
from projections.repositories.sources import Sources, sources

_ATTENTION: tuple[Attention, ...] = ("needs_human", "stuck", "running", "idle")
_LANE = (
    "mode",
    "mode_origin",
    "paused_where",
    "paused_reason",
    "acting_user",
    "policy_problem",
)


def _every(query: Select[Any], _: FromClause) -> Select[Any]:
    return query.offset(0)


def _is(column: ColumnElement[bool | None]) -> ColumnElement[bool]:
    return func.coalesce(column, false())


def lines(
    access: Access,
    then: bool,  # noqa: FBT001 (as of a position, or now)
    some: Callable[[Select[Any], FromClause], Select[Any]] = _every,
) -> Subquery:
    """Return the repositories within reach, each with all that its page shows but its work.

    Of a repository without a lane the mode is null. ``some`` picks out of a query of repositories
    those that are wanted, and limits it: where whoever selects from it does likewise, no database
    makes one query of both, in which each number would be counted anew wherever it is spoken of.
    """
    of = sources(access, then)
    counted = some(_counted(access, of), of.repositories).subquery("counted")
    waiting = counted.c.queued + counted.c.blocked
    columns = (*counted.columns, waiting.label("queue_depth"), _attention(counted))
    return select(*columns).subquery("lines")


def urgency(line: FromClause) -> ColumnElement[int]:
    """Return by what lines are sorted, those that need a person first."""
    ranks = {attention: rank for rank, attention in enumerate(_ATTENTION)}
    return case(ranks, value=line.c.attention)


def _counted(access: Access, of: Sources) -> Select[tuple[object, ...]]:
    repositories, installations, lanes = of.repositories, of.installations, of.lanes
    number = repositories.c.id
    joined = repositories.outerjoin(
        installations, installations.c.id == repositories.c.installation_id
    ).outerjoin(lanes, lanes.c.repository_id == number)
    if of.work is not None:
        joined = joined.outerjoin(of.work, of.work.c.repository_id == number)
    return (
        select(
            *(
                each
                for each in repositories.columns
                if each.name not in ("event_count", "position", "names")
            ),
            events_seen(access, repositories).label("event_count"),
            _health(repositories, installations).label("health"),
            installations.c.account_login,
            *(lanes.c[name] for name in _LANE),
            *of.counts,
        )
        .select_from(joined)
        .where(of.within)
    )


def _health(repositories: FromClause, installations: FromClause) -> ColumnElement[str]:
    """Say how a repository is; what is worst holds, the first that applies."""
    lost = or_(repositories.c.connected.is_(False), _is(installations.c.deleted))
    return case(
        (_is(repositories.c.deleted), "deleted"),
        (lost, "disconnected"),
        (_is(installations.c.suspended), "suspended"),
        (_is(repositories.c.archived), "archived"),
        else_="ok",
    )


def _attention(line: FromClause) -> ColumnElement[str]:
    """Say how much a repository needs a person; the first that applies.

    An action that failed for good puts its workflow among those that need a person, until it is
    retried or its purpose has passed, so the history of actions is not asked.
    """
    c = line.c
    waiting = c.queued + c.blocked
    nothing_can_be_done = or_(c.health == "deleted", c.health == "archived")
    without_access = among(c.health, ("disconnected", "suspended"))
    needs_human = or_(
        without_access,
        c.claimed_position.is_not(None),
        c.policy_problem.is_not(None),
        c.needs_human > 0,
    )
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
