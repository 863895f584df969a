"""Where a workflow stands, and why: by the ordered rules, with what else keeps us from acting."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from aggregates.actions import label_token
from aggregates.budgets import UsedUp
from aggregates.lane import Lane
from aggregates.lane.ours import Asked
from aggregates.stages.endings import ENDINGS
from aggregates.stages.holds import HOLDS
from aggregates.stages.pull_requests import MENDING, REVIEWING
from aggregates.stages.rule import Rule
from aggregates.stages.stage import FINISHED, Stage, Wait, listed, moment, short
from aggregates.stages.waiting import WAITING
from aggregates.surroundings import Circumstances
from aggregates.workflow import Workflow
from events.github.names import label_key

RULES: tuple[Rule, ...] = (*ENDINGS, *HOLDS, *MENDING, *REVIEWING, *WAITING)

WorkflowAttention: TypeAlias = Literal["needs_human", "stuck", "running", "waiting", "over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A workflow's stage with the name of the rule that holds, its reason and its waits.

    ``notes`` say what holds besides and keeps us from acting.
    """

    stage: Stage
    rule: str
    reason: str
    waits: tuple[Wait, ...]
    notes: tuple[str, ...]


class Placed(NamedTuple):
    """A workflow with where it stands."""

    workflow: Workflow
    placement: Placement

    def is_of(self, lane: Lane, around: Circumstances) -> bool:
        """Say whether it is the workflow as it is in a lane in its circumstances."""
        return self.workflow.lane is lane and self.workflow.circumstances == around


NOWHERE: Mapping[int, Placed] = {}


def place(workflow: Workflow) -> Placement:
    """Return where a workflow stands: by the first rule that holds, and the last always does."""
    rule = next(rule for rule in RULES if rule.lacks(workflow) is None)
    explanation = rule.explain(workflow)
    return Placement(
        stage=rule.stage,
        rule=rule.name,
        reason=explanation.reason,
        waits=explanation.waits,
        notes=notes(workflow),
    )


def attention_of(workflow: Workflow, placement: Placement) -> WorkflowAttention:
    """Return who or what has the next step.

    ``needs_human``: a person does. ``stuck``: nobody, since something keeps us from deciding.
    ``running``: Copilot, CI or we. ``waiting``: other work. ``over``: there is none.
    """
    stage, held = placement.stage, workflow.circumstances
    if stage in FINISHED:
        return "over"
    if stage in _BEFORE_ITS_TURN:
        return "stuck" if _is_kept(held) else "waiting"
    if stage is Stage.NEEDS_HUMAN or any(_is_ones_own(wait, held) for wait in placement.waits):
        return "needs_human"
    return "stuck" if _is_kept(held) else "running"


def _is_kept(held: Circumstances) -> bool:
    """Say whether nothing is decided here, or nobody is there to act."""
    nobody_acts = held.mode == "live" and held.acting_user is None
    return held.paused is not None or held.mode == "off" or nobody_acts


def _is_ones_own(wait: Wait, held: Circumstances) -> bool:
    """Say whether it is a person who is waited for: to review, to approve, or to merge."""
    if wait.kind == "reviewer":
        return wait.what != "Copilot"
    if wait.kind == "merge":
        return not (held.policy.merge.automatic and held.mode == "live")
    return wait.kind in _BY_PEOPLE


_BY_PEOPLE = ("person", "approval_of_actions")
_BEFORE_ITS_TURN = (Stage.QUEUED, Stage.BLOCKED)
_PAUSED = {
    "everything": "everything is paused",
    "installation": "the installation is paused",
    "lane": "the lane is paused",
}
_IGNORED = 5  # reviews that do not count, of which notes speak
_DIFFER = "deliveries of one second differ"


def notes(workflow: Workflow) -> tuple[str, ...]:
    """Return what people should know besides the stage's reason."""
    return (
        *_around(workflow.circumstances),
        *_of_links(workflow),
        *_of_words(workflow),
        *_in_doubt(workflow),
        *_of_label(workflow),
    )


def _around(held: Circumstances) -> Iterator[str]:
    if held.paused is not None and held.paused_where is not None:
        paused = _PAUSED[held.paused_where]
        reason = held.paused.reason
        yield f"{paused} because {reason}" if reason else paused
    if held.mode == "off":
        yield "nothing is decided: mode is off"
    for each in held.used_up:
        yield used_up_in_words(each)
    if held.mode == "live" and held.acting_user is None:
        lost = held.lost
        yield "no acting user" if lost is None else f"no acting user any more: {lost.why}"


def used_up_in_words(each: UsedUp) -> str:
    """Say that a period's ceiling is reached, until when, and who may raise it."""
    sessions = "session" if each.ceiling == 1 else "sessions"
    return (
        f"no session is started until {moment(each.ends_at)}: {each.ceiling} {sessions} in "
        f"{each.name} are used up; a maintainer may raise {each.key}"
    )


def _of_links(workflow: Workflow) -> Iterator[str]:
    """Say what is not sure of the pull request, and which others name the issue."""
    pull = workflow.pull_request
    if workflow.probable and pull is not None:
        yield f"probably #{pull.number}: it fits, and nothing says that it works on this issue"
    if workflow.beside:
        names = listed(f"#{number}" for number in workflow.beside)
        yield f"others name this issue, which changes nothing: {names}"


def _of_words(workflow: Workflow) -> Iterator[str]:
    """Say whose reviews do not count and why, and what is known only by GitHub's hint."""
    for ignored in workflow.reviews.ignored[-_IGNORED:]:
        who = ignored.review.author_login or "somebody"
        what = ignored.review.state.replace("_", " ")
        yield f"{what} by {who} does not count: {ignored.why}"
    if workflow.pull.reviews and not workflow.trust.has_app:
        yield "whose word counts is GitHub's hint alone: there is no App to ask with"


def _in_doubt(workflow: Workflow) -> Iterator[str]:
    """Say what is uncertain, since versions of one second were delivered that differ."""
    if workflow.issue is not None and workflow.issue.uncertain:
        yield f"what the issue is like is uncertain: {_DIFFER}"
    pull = workflow.pull_request
    if pull is not None and pull.uncertain:
        yield f"what pull request #{pull.number} is like is uncertain: {_DIFFER}"


def _of_label(workflow: Workflow) -> Iterator[str]:
    """Say what became of the label that we set: GitHub refused it, or a person changed it."""
    asked = asked_label(workflow)
    if asked is None or asked.mode != "live":
        return
    label = label_token(asked)
    if asked.outcome == "failed":
        yield f"the label {label} could not be set: {short(asked.error or 'no reason given')}"
    change = workflow.known.labels.get(label_key(label))
    removed = change is not None and not change.present
    if asked.outcome == "succeeded" and removed and label_key(label) not in shown_labels(workflow):
        yield f"a person removed the label {label}"


_NAMES = frozenset(map(str, Stage))


def shown_labels(workflow: Workflow) -> set[str]:
    """Return those of the issue's labels, by their keys, that name a stage in our namespace."""
    prefix = label_key(workflow.circumstances.policy.labels.prefix)
    ours = {f"{prefix}{name}" for name in _NAMES}
    return ours.intersection(map(label_key, workflow.issue.labels if workflow.issue else ()))


def asked_label(workflow: Workflow) -> Asked | None:
    """Return the newest label that was asked for in the present mode."""
    asked = workflow.asked("set_label")
    return asked[-1] if asked else None
