"""What should be done for a workflow, and what that may still wait for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from aggregates.lane.ours import Asked
from events.catalogue import ActionKind, Json, TimerKind
from events.github.agents import COPILOT, Agent

NO_PULL = "no pull request is open that is conducted with this issue"
NOT_OVER = "Copilot's round on the pull request is not over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """An action to ask for; ``token`` tells it from others of its kind for the same issue.

    ``parameters`` are what the action takes, as JSON.
    """

    kind: ActionKind
    issue_number: int
    token: str
    reason: str
    pull_request_number: int | None = None
    head_sha: str | None = None
    parameters: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A wait from ``since`` until ``due_at``, by the times at which events were recorded.

    ``token`` says of what it is.
    """

    issue_number: int
    kind: TimerKind
    token: str
    since: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Intention:
    """A decision that is made now, or once a wait has passed without news.

    ``by`` are the keys of the policy that it hangs on, as dotted paths.
    """

    decision: Decision
    wait: Timer | None = None
    by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declined:
    """What is not decided now, and why in a sentence; ``asked``: since it was decided already.

    ``by`` are the keys of the policy that it hangs on, as dotted paths.
    """

    kind: ActionKind
    why: str
    by: tuple[str, ...] = ()
    asked: Asked | None = None


Considered: TypeAlias = Intention | Declined


def of_agent(agent: Agent) -> dict[str, Json]:
    """Name whom an action is about, unless it is whom all were about before there were others."""
    return {} if agent is COPILOT else {"agent": agent.name}
