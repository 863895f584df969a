"""What a person does next about a workflow: at GitHub, or by a command here."""

from typing import Literal, TypeAlias

from pydantic import BaseModel, Field

from aggregates.stages import Stage
from projections.workflows.item import WorkflowItem

ActKind: TypeAlias = Literal[
    "merge",
    "review",
    "approve_runs",
    "mend",
    "resume",
    "retry",
    "fix_policy",
    "answer",
    "link",
    "close",
]


class NextAct(BaseModel):
    """One step, and where it is taken."""

    kind: ActKind
    label: str = Field(examples=["Merge #9"])
    html_url: str | None = Field(description="where at GitHub; null: by the command alone")
    command: str | None = Field(
        description="the command of this workflow by which it is done, such as `retry`"
    )


# What the rules of docs/stages.md that hold for `needs_human` ask for by a command.
_BY_COMMAND: dict[str, tuple[ActKind, str, str]] = {
    "taken_over": ("resume", "Give it back", "release"),
    "unconfirmed_link": ("link", "Say whether the pull request works on it", "link"),
}
# What is a person's at a stage; to mend, where the policy has nobody asked to.
_AT_STAGE: dict[Stage, tuple[ActKind, str]] = {
    Stage.MERGE_READY: ("merge", "Merge"),
    Stage.DRAFT: ("review", "Mark ready"),
    Stage.CI_FAILED: ("mend", "Mend"),
    Stage.CONFLICTED: ("mend", "Mend"),
}
_AT_THE_PULL_REQUEST: dict[str, tuple[ActKind, str]] = {
    "several_pull_requests": ("answer", "Close all pull requests but one"),
    "check_approval": ("approve_runs", "Approve the runs"),
    "reviewer": ("review", "Review"),
}


def next_act(item: WorkflowItem) -> NextAct | None:
    """Return what the person does who is waited for; None where nobody is."""
    if item.attention != "needs_human":
        return None
    if item.stage is Stage.NEEDS_HUMAN:
        return _held(item)
    kinds = {wait.kind for wait in item.waiting_for}
    if "approval_of_actions" in kinds:
        return _there(item, "approve_runs", "Approve the runs")
    return _there(item, *_AT_STAGE.get(item.stage, ("review", "Review")))


def _held(item: WorkflowItem) -> NextAct:
    if found := _BY_COMMAND.get(item.rule):
        kind, label, command = found
        return NextAct(kind=kind, label=label, html_url=_place(item), command=command)
    if item.rule == "epic_finished":
        return NextAct(kind="close", label="Close the epic", html_url=_place(item), command=None)
    if asked := _AT_THE_PULL_REQUEST.get(item.rule):
        return _there(item, *asked)
    if item.rule == "session_waits":
        return NextAct(kind="answer", label="Answer it", html_url=_session(item), command=None)
    return NextAct(kind="retry", label="Retry", html_url=_session(item), command="retry")


def _there(item: WorkflowItem, kind: ActKind, label: str) -> NextAct:
    pull = item.pull_request
    named = f"{label} #{pull.number}" if pull else label
    return NextAct(kind=kind, label=named, html_url=_place(item), command=None)


def _session(item: WorkflowItem) -> str | None:
    """Return where its session is, if that is why a person is needed."""
    told = item.session.html_url if item.session and item.rule.startswith("session_") else None
    return told or _place(item)


def _place(item: WorkflowItem) -> str | None:
    return item.pull_request.html_url if item.pull_request else item.issue.html_url
