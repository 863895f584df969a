"""What operators tell us to do; the envelope says where, and who told us."""

from typing import ClassVar, Literal, TypeAlias

from pydantic import Field

from events.catalogue.own import MAX_REASON, OwnEvent

Mode: TypeAlias = Literal["off", "shadow", "live"]

MAX_ORDER = 500


class OperatorCommand(OwnEvent):
    """A command and why it was given; what it changes follows when it is folded."""

    reason: str = Field(default="", max_length=MAX_REASON)


class LanePaused(OperatorCommand):
    """Decide nothing for a repository until it is resumed."""

    type: ClassVar[str] = "lane"
    action: ClassVar[str] = "paused"


class LaneResumed(OperatorCommand):
    """Go on with a repository."""

    type: ClassVar[str] = "lane"
    action: ClassVar[str] = "resumed"


class ModeSet(OperatorCommand):
    """A repository's mode, whatever its policy says; None: as its policy says."""

    type: ClassVar[str] = "lane"
    action: ClassVar[str] = "mode_set"

    mode: Mode | None


class ScopePaused(OperatorCommand):
    """Decide nothing for an installation, or for everything (no installation), until resumed."""

    type: ClassVar[str] = "scope"
    action: ClassVar[str] = "paused"


class ScopeResumed(OperatorCommand):
    """Go on with an installation, or with everything."""

    type: ClassVar[str] = "scope"
    action: ClassVar[str] = "resumed"


class QueueReordered(OperatorCommand):
    """These issues come first, in this order; the others follow as the policy orders them."""

    type: ClassVar[str] = "queue"
    action: ClassVar[str] = "reordered"

    order: tuple[int, ...] = Field(max_length=MAX_ORDER)


class WorkflowCommand(OperatorCommand):
    """A command about one issue's workflow."""

    issue_number: int = Field(ge=1)


class WorkflowEnqueued(WorkflowCommand):
    """Queue an issue, with or without the label."""

    type: ClassVar[str] = "workflow"
    action: ClassVar[str] = "enqueued"


class WorkflowSkipped(WorkflowCommand):
    """Do nothing for an issue, until it is enqueued or retried."""

    type: ClassVar[str] = "workflow"
    action: ClassVar[str] = "skipped"


class WorkflowRetried(WorkflowCommand):
    """Start afresh: attempts, failures and timers of before count no more."""

    type: ClassVar[str] = "workflow"
    action: ClassVar[str] = "retried"


class WorkflowTakenOver(WorkflowCommand):
    """A person does it; we only watch, and the lane goes on."""

    type: ClassVar[str] = "workflow"
    action: ClassVar[str] = "taken_over"


class WorkflowReleased(WorkflowCommand):
    """The person gives it back."""

    type: ClassVar[str] = "workflow"
    action: ClassVar[str] = "released"


class WorkflowLinked(WorkflowCommand):
    """A person says that a pull request works on the issue, or that it does not."""

    type: ClassVar[str] = "workflow"
    action: ClassVar[str] = "linked"

    pull_request_number: int = Field(ge=1)
    works: bool
