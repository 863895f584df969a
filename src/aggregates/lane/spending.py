"""How many sessions of Copilot's we caused in a lane, in the present day and month of UTC.

Counted are live requests that start one, by when they were recorded, less those that failed or were
called off. No predicate reads a clock: a count carries the name of its period, what is recorded in
a later one begins it anew, and the timer that names it ends it. Periods never go back, whatever
clocks do: what ended is over.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregates.lane.ours import Asked, Handling, Spent
from events.catalogue import (
    ActionCancelled,
    ActionFailed,
    ActionKind,
    ActionRequested,
    OwnEvent,
    TimerFired,
)
from events.envelope import Event

STARTING: tuple[ActionKind, ...] = (
    "assign",
    "ask_to_fix_ci",
    "ask_to_resolve_conflicts",
    "ask_to_address_review",
    "enable_agent_merge",
)


def spent_after(
    spent: Spent, event: Event, content: OwnEvent, was: Handling, now: Handling
) -> Spent:
    """Return what is spent after an event of ours, by what it made of an issue's handling."""
    match content:
        case ActionRequested(mode="live", kind=kind) if now is not was and kind in STARTING:
            return counted(spent, event.recorded_at)
        case ActionFailed() | ActionCancelled() if now is not was:
            every = (*was.asked, *was.left)
            return _less(spent, [each for each in every if each.id == content.action_id])
        case TimerFired(timer="budget_day", token=day) if day and day == spent.day:
            return replace(spent, day=day_of(end_of_day(day)), in_day=0)
        case TimerFired(timer="budget_month", token=month) if month and month == spent.month:
            return replace(spent, month=month_of(end_of_month(month)), in_month=0)
    return spent


def counted(spent: Spent, at: datetime) -> Spent:
    """Return what is spent once one more session was asked for."""
    day, month = max(day_of(at), spent.day), max(month_of(at), spent.month)
    return Spent(
        day=day,
        in_day=spent.in_day + 1 if day == spent.day else 1,
        month=month,
        in_month=spent.in_month + 1 if month == spent.month else 1,
        at=at,
    )


def without(spent: Spent, asked: Asked) -> Spent:
    """Return what is spent but for one request, where that is of the periods that are counted."""
    if asked.mode != "live" or asked.kind not in STARTING:
        return spent
    in_day = spent.in_day - (day_of(asked.at) == spent.day)
    in_month = spent.in_month - (month_of(asked.at) == spent.month)
    return replace(spent, in_day=max(0, in_day), in_month=max(0, in_month))


def day_of(at: datetime) -> str:
    """Return the name of a moment's day."""
    return at.astimezone(UTC).strftime("%Y-%m-%d")


def month_of(at: datetime) -> str:
    """Return the name of a moment's month."""
    return at.astimezone(UTC).strftime("%Y-%m")


def end_of_day(name: str) -> datetime:
    """Return when a day is over."""
    return datetime.strptime(name, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=1)


def end_of_month(name: str) -> datetime:
    """Return when a month is over."""
    begins = datetime.strptime(name, "%Y-%m").replace(tzinfo=UTC)
    return (begins + timedelta(days=31)).replace(day=1)


def _less(spent: Spent, several: list[Asked]) -> Spent:
    for asked in several:
        spent = without(spent, asked)
    return spent
