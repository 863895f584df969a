"""What we and operators did: it follows from our own events alone, never from deliveries."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from events.catalogue import ActionKind, ActionMode, Mode

Outcome: TypeAlias = Literal["requested", "succeeded", "failed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An action that was decided, and what came of it; ``at`` is when we recorded it."""

    id: UUID
    kind: ActionKind
    mode: ActionMode
    token: str
    position: int
    at: datetime
    head_sha: str | None = None
    outcome: Outcome = "requested"
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Handling:
    """What was done for one issue since it was last started afresh.

    ``enqueued`` is what an operator said, None: the label decides. ``fired`` holds the newest token
    of each kind of timer. ``resumed_at`` is when a person last retried or released it, by our
    clock: watches begin anew.
    """

    enqueued: bool | None = None
    skipped: bool = False
    taken_over: bool = False
    generation: int = 0
    asked: tuple[Asked, ...] = ()
    fired: dict[str, str] = field(default_factory=dict)
    resumed_at: datetime | None = None


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
class Conduct:
    """What was said of the whole lane, and of each issue in it by number."""

    mode: Mode | None = None
    paused: Pause | None = None
    order: tuple[int, ...] = ()
    policy: PolicyLayer = PolicyLayer()
    handlings: dict[int, Handling] = field(default_factory=dict)


UNTOUCHED = Handling()
