"""What we and operators did: it follows from our own events alone, never from deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from aggregates.acting import NOBODY_CONSENTED, Consents
from aggregates.policy import canonical
from events.catalogue import ActionKind, ActionMode, Mode, PolicyChanged, PolicyProblem

Outcome: TypeAlias = Literal["requested", "succeeded", "failed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An action that was decided, and what came of it; ``at`` is when we recorded it.

    ``done_at`` is when GitHub did it by its own clock, where it told.
    """

    id: UUID
    kind: ActionKind
    mode: ActionMode
    token: str
    position: int
    at: datetime
    head_sha: str | None = None
    outcome: Outcome = "requested"
    error: str | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Handling:
    """What was done for one issue since it was last started afresh.

    ``enqueued`` is what an operator said, None: the label decides. ``fired`` holds the newest token
    of each kind of timer. ``resumed_at`` is when a person last retried or released it, by our
    clock: watches begin anew. ``linked`` is what a person said of pull requests: that they work
    on the issue, or do not. ``retried`` and ``resumed`` are the positions at which that
    was said last. ``switched_on`` is the one at which we had switched Agent Merge on, until we
    switch it off. ``left`` are live requests from before a retry whose outcome is yet to come.
    """

    enqueued: bool | None = None
    skipped: bool = False
    taken_over: bool = False
    generation: int = 0
    asked: tuple[Asked, ...] = ()
    fired: dict[str, str] = field(default_factory=dict)
    resumed_at: datetime | None = None
    linked: dict[int, bool] = field(default_factory=dict)
    retried: int = 0
    resumed: int = 0
    switched_on: int | None = None
    left: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True)
class Pause:
    """Since which event nothing is decided, why, and who said so."""

    position: int
    reason: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyLayer:
    """A layer's policy as it holds, and what was wrong with a newer one that does not."""

    document: str = ""
    commit: str | None = None
    position: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spent:
    """Sessions of Copilot's that we asked for in the named day and month, and the newest's time."""

    day: str = ""
    in_day: int = 0
    month: str = ""
    in_month: int = 0
    at: datetime | None = None


NOTHING_SPENT = Spent()


@dataclass(frozen=True, slots=True)
class Ours:
    """What was said of the whole lane, and what was done for each issue in it by number.

    ``spent`` is what all of that cost in the present periods.
    """

    mode: Mode | None = None
    paused: Pause | None = None
    order: tuple[int, ...] = ()
    policy: PolicyLayer = PolicyLayer()
    consents: Consents = NOBODY_CONSENTED
    spent: Spent = NOTHING_SPENT
    handlings: Mapping[int, Handling] = field(default_factory=dict)


UNTOUCHED = Handling()
NOTHING_DONE = Ours()


def handled(ours: Ours, issue_number: int, handling: Handling) -> Ours:
    """Return our side with one issue's handling; the same object when it is the known one."""
    if handling is ours.handlings.get(issue_number, UNTOUCHED):
        return ours
    return replace(ours, handlings={**ours.handlings, issue_number: handling})


def policy_after(known: PolicyLayer, position: int, content: PolicyChanged) -> PolicyLayer:
    """Return a layer's policy after an event gave it anew; the same object when nothing changes.

    One with problems leaves what holds as it is, and is told of beside it.
    """
    if content.problems or content.document is None:
        changed = replace(known, problems=tuple(map(_text_of, content.problems)))
    else:
        document = canonical(content.document)
        changed = PolicyLayer(document, content.commit, position)
    return known if changed == replace(known, position=changed.position) else changed


def _text_of(problem: PolicyProblem) -> str:
    return f"{problem.path}: {problem.message}" if problem.path else problem.message
