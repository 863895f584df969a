"""What is answered to whoever asks why a workflow is where it is."""

from datetime import datetime
from typing import Any, Literal, TypeAlias
from uuid import UUID

from pydantic import BaseModel, Field

from aggregates.policy import Origin
from aggregates.stages import Stage
from events.catalogue import ActionKind, ActionMode
from projections.actions.item import ActionState
from projections.workflows.item import WorkflowItem

ChainKind: TypeAlias = Literal[
    "delivery", "answer", "command", "timer", "stage", "decision", "attempt", "outcome", "echo"
]


class ExplainedFact(BaseModel):
    """A fact that a rule looked at, and the event that told it."""

    name: str = Field(examples=["checks failed"])
    value: str = Field(examples=["unit, lint"])
    decides: bool = Field(description="by it the rule held, or did not")
    position: int | None = Field(
        description="of the event that told it; null: none did, or it is not known which"
    )
    at: datetime | None = Field(description="when that was recorded")


class ExplainedRule(BaseModel):
    """A rule as it was asked."""

    rule: str = Field(examples=["ci_failed"])
    stage: Stage
    summary: str = Field(description="when it holds, as in docs/stages.md")
    held: bool | None = Field(description="null: not asked, since one above it held")
    lacks: str | None = Field(
        description="of one that did not hold, what would have to be so",
        examples=["checks failed on its head"],
    )
    facts: list[ExplainedFact]


class PolicyValue(BaseModel):
    """What the policy says by a key, and which layer does."""

    key: str = Field(examples=["ci.max_attempts"])
    value: Any = Field(examples=[3])
    origin: Origin = Field(description="the layer", examples=["repository"])
    position: int | None = Field(description="the event that gave that layer's policy")


class DecidedAction(BaseModel):
    """What was asked for by a decision."""

    id: UUID
    position: int
    mode: ActionMode
    state: ActionState


class ExplainedDecision(BaseModel):
    """A decision that was thought of at this stage: taken or not, and why."""

    kind: ActionKind
    taken: bool
    why: str = Field(description="one sentence")
    policy: list[PolicyValue] = Field(description="what it hangs on")
    waits_until: datetime | None = Field(description="it is taken then, unless there is news")
    action: DecidedAction | None = Field(description="what was asked for; null: nothing yet")


class ChainItem(BaseModel):
    """One step of what led here; those of one position belong to one event."""

    kind: ChainKind
    position: int
    id: UUID = Field(description="of the event")
    at: datetime
    sentence: str
    caused_by: int | None = Field(description="the position of the event that brought it about")


class Explanation(BaseModel):
    """Why a workflow is where it is."""

    position: int = Field(description="as of which this is")
    workflow: WorkflowItem
    rules: list[ExplainedRule] = Field(
        description="in the order in which they are asked; none where the lane has forgotten it"
    )
    decisions: list[ExplainedDecision]
    chain: list[ChainItem] = Field(description="oldest first, the newest of many")
