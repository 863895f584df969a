"""What we decided to do on GitHub, what came of it, and the waits before it that are over."""

from typing import ClassVar, Literal, TypeAlias
from uuid import UUID

from pydantic import AwareDatetime, Field

from events.catalogue.own import MAX_REASON, Json, OwnEvent

ActionKind: TypeAlias = Literal[
    "assign",
    "ask_to_fix_ci",
    "ask_to_address_review",
    "ask_to_resolve_conflicts",
    "mark_ready",
    "request_copilot_review",
    "set_label",
    "merge",
    "hand_to_person",
    "rerun_failed_jobs",
    "enable_agent_merge",
    "disable_agent_merge",
]
ActionMode: TypeAlias = Literal["shadow", "live"]
TimerKind: TypeAlias = Literal[
    "settle",
    "quiet",
    "no_pull_request",
    "no_progress",
    "round_quiet",
    "check_missing",
    "check_running",
    "check_inconclusive",
    "check_approval",
    "reviewer",
    "answer",
    "budget_day",
    "budget_month",
]


class ActionRequested(OwnEvent):
    """A decision: what should be done for an issue's workflow, and why.

    The event's id is the action's; it follows from ``kind``, repository, issue, mode,
    ``generation`` and ``token``, so that the same decision is recorded once. In ``shadow`` nothing
    of it is ever done.
    """

    type: ClassVar[str] = "action"
    action: ClassVar[str] = "requested"

    kind: ActionKind
    mode: ActionMode
    issue_number: int
    pull_request_number: int | None = None
    head_sha: str | None = Field(default=None, max_length=64)
    generation: int = Field(ge=0, description="how often the workflow was started afresh")
    token: str = Field(max_length=200, description="what tells it from others of its kind")
    reason: str = Field(max_length=MAX_REASON)
    parameters: dict[str, Json] = Field(default_factory=dict)


class ActionSucceeded(OwnEvent):
    """GitHub took an action; ``answer`` says what it answered, never a token."""

    type: ClassVar[str] = "action"
    action: ClassVar[str] = "succeeded"

    action_id: UUID
    issue_number: int
    attempts: int = Field(default=1, ge=0, description="how often it was tried")
    answer: dict[str, Json] = Field(default_factory=dict)


class ActionFailed(OwnEvent):
    """An action failed for good; ``error`` is GitHub's own word."""

    type: ClassVar[str] = "action"
    action: ClassVar[str] = "failed"

    action_id: UUID
    issue_number: int
    attempts: int = Field(default=1, ge=0, description="how often it was tried")
    error: str = Field(max_length=MAX_REASON)
    answer: dict[str, Json] = Field(default_factory=dict)


class ActionCancelled(OwnEvent):
    """An action was not tried, since its reason had passed or it had waited too long.

    It may be decided again.
    """

    type: ClassVar[str] = "action"
    action: ClassVar[str] = "cancelled"

    action_id: UUID
    issue_number: int
    why: str = Field(max_length=MAX_REASON)


class TimerFired(OwnEvent):
    """Nothing happened for as long as a workflow's timer waits; ``token`` says since when."""

    type: ClassVar[str] = "timer"
    action: ClassVar[str] = "fired"

    issue_number: int
    timer: TimerKind
    token: str = Field(max_length=200)
    due_at: AwareDatetime
