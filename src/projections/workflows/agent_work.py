"""What a page shows of an agent's work: its session, how checks failed, whether it mends by itself.

What each says of GitHub names the event that told it.
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from aggregates.workflow import Workflow
from aggregates.workflow.agent_merge import switched_on
from aggregates.workflow.flaky import is_flaky
from events.github import FailedCheck, FailureSeen, SessionSeen, SessionState
from projections.workflows.model import Document


class SessionSummary(BaseModel):
    """Copilot's session of the present round, as GitHub last told of it."""

    state: SessionState = Field(examples=["in_progress"])
    html_url: str | None = Field(examples=["https://github.com/octo-org/pump/tasks/7f3a"])
    since: datetime | None = Field(description="when it was made, or last told to go on")
    updated_at: datetime | None = Field(description="when it last moved, by GitHub's clock")
    position: int | None = Field(default=None, description="the event that told of it")


class FailedCheckSummary(BaseModel):
    """A check that failed on the head, as far as GitHub told of it."""

    name: str
    workflow: str | None = Field(description="GitHub's: which of Actions", examples=["CI"])
    step: str | None = Field(description="at which it failed", examples=["Run make test"])
    run_url: str | None
    also_on_base: bool | None = Field(description="whether it fails on the base branch, too")
    failed: int | None = Field(
        description="how many of its newest results on the default branch failed; null: not known"
    )
    of: int | None = Field(description="of how many")
    flaky: bool = Field(description="whether, by these, it fails for nothing now and then")


class FailureSummary(BaseModel):
    """How the head's checks failed, as GitHub was asked for Copilot's sake."""

    position: int = Field(
        description="the event whose payload has the lines of their logs that matter, and what "
        "they noted of lines of files"
    )
    checks: list[FailedCheckSummary]


class AgentMergeSummary(BaseModel):
    """Whether Copilot mends the pull request by itself, as GitHub last told of it."""

    state: Literal["on", "off", "unsupported"] = Field(
        description="`unsupported`: GitHub knows no Agent Merge there, or does not let us see it"
    )
    by_us: bool = Field(description="we switched it on, and did not switch it off since")
    rounds: int = Field(description="heads that were left to it since the work was last retried")
    at: datetime | None = Field(description="when GitHub was last asked; null: it was not")
    position: int | None = Field(
        default=None, description="the event with its answer; null: it was not asked"
    )


def session_shown(workflow: Workflow, seen: SessionSeen) -> Document:
    """Return a session as a SessionSummary."""
    heard = workflow.known.heard_session
    return {
        "state": seen.state,
        "html_url": seen.html_url,
        "since": seen.began_at,
        "updated_at": seen.updated_at,
        "position": heard.position if heard is not None else None,
    }


def failure_shown(workflow: Workflow, known: FailureSeen) -> Document | None:
    """Return how checks failed as a FailureSummary: each version of a page has it, but no logs."""
    heard = workflow.pull.heard_failure
    if heard is None:
        return None
    return {"position": heard.position, "checks": [_failed(each) for each in known.checks]}


def agent_merge_shown(workflow: Workflow, *, on: bool, rounds: int) -> Document:
    """Return how Agent Merge stands as an AgentMergeSummary, by whatever was told last of it."""
    answers = workflow.pull.agent_merges.values()
    newest = max(answers, key=lambda each: each.position, default=None)
    off = "off" if newest is None or newest.seen.supported else "unsupported"
    return {
        "state": "on" if on else off,
        "by_us": on and switched_on(workflow) is not None,
        "rounds": rounds,
        "at": newest.seen.at if newest is not None else None,
        "position": newest.position if newest is not None else None,
    }


def _failed(check: FailedCheck) -> Document:
    history = check.history
    return {
        "name": check.name,
        "workflow": check.workflow,
        "step": check.step,
        "run_url": check.run_url,
        "also_on_base": check.also_on_base,
        "failed": history.failed if history is not None else None,
        "of": history.of if history is not None else None,
        "flaky": is_flaky(check),
    }
