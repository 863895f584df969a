"""Costs as they are shown, and the ceilings of the policy beside them."""

from datetime import datetime

from pydantic import BaseModel, Field

from aggregates.policy import Origin
from projections.references import IssueRef


class Costs(BaseModel):
    """What was had done, as far as one may see it; what failed or was called off is not counted."""

    sessions: int = Field(
        description="assignments and rounds: what `budget.sessions_per_day` and "
        "`budget.sessions_per_month` count"
    )
    assignments: int = Field(description="how often an issue was assigned to an agent")
    rounds: int = Field(description="how often one was asked to go on, whatever for")
    mentions: dict[str, int] = Field(
        description="the comments that asked it, by the kind of the action; a kind of which there "
        "are none is left out",
        examples=[{"ask_to_fix_ci": 2}],
    )
    reruns: int = Field(description="how often failed jobs were run again instead")
    minutes: int | None = Field(
        description="of their sessions, from when each began, or was last told to go on, until "
        "it ended or was last seen to move; null: GitHub told of none"
    )


class Ceiling(BaseModel):
    """A ceiling of the policy: how much of it is used, till when, and who may raise it."""

    key: str = Field(description="in the policy", examples=["budget.sessions_per_month"])
    ceiling: int = Field(examples=[100])
    used: int = Field(
        description="of it, as far as one may see it; of an issue's what deciding counts since it "
        "last began: requests less those called off, and heads that were left to Agent Merge",
        examples=[42],
    )
    until: datetime | None = Field(
        description="when its period ends, and the next one begins with nothing used; null: it is "
        "an issue's, and has none"
    )
    origin: Origin = Field(description="the layer of the policy that sets it")
    raised_by: str = Field(
        examples=["a maintainer, in the repository's .github/copilot-orchestrator.yml"]
    )


class IssueCosts(BaseModel):
    """What was had done for an issue."""

    issue: IssueRef
    costs: Costs


class CostsBelowCeilings(Costs):
    """What was had done, and the ceilings that hold for it."""

    ceilings: list[Ceiling] = Field(description="those that are set, and whose period it is now")
