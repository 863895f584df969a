"""The facts that rules look at: each by name, as it is of a workflow, and by what it was told.

A rule's condition names all facts by which it is met or not, so that whoever asks why is answered
by the very list that decides. What a fact is in words says all of it that a condition hangs on.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from aggregates.lane.ours import Asked
from aggregates.policy import value_at
from aggregates.stages.stage import blocker, head_of, listed, moment, reviewer
from aggregates.workflow import Workflow, pending_assignment, round_over, stalled
from aggregates.workflow.blockers import blockers_of
from aggregates.workflow.progress import asked_about_checks, asked_about_reviews, start_token
from aggregates.workflow.watches import WATCHES, watch_token
from aggregates.workflow.workflow import queue_labels
from events.catalogue import ActionKind, OwnEvent, TimerFired, TimerKind
from events.github.names import COPILOT_AGENT_ID, label_key

Page: TypeAlias = Mapping[str, Any]  # what a page showed of a workflow
EventName: TypeAlias = tuple[str, str | None]  # type and action, None: any

_NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Where to look for the event that told a fact: by the first of these that is given.

    ``shown``: what a page showed of it; it was told when that came to be as it is. ``events``: the
    newest of these told it, about the issue or, where it is given, the ``pull_request``; ``which``
    tells those of our own that do. ``policy``: the layer that gives this key. ``position``: the
    lane keeps it. All None: no event did, or none that is known.
    """

    shown: Callable[[Page], object] | None = None
    events: tuple[EventName, ...] = ()
    which: Callable[[OwnEvent], bool] | None = None
    pull_request: int | None = None
    policy: str | None = None
    position: int | None = None


NOWHERE_TOLD = Told()


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFact:
    """A fact that rules look at: its name, what it is in words, and by what it was told."""

    name: str
    value: Callable[[Workflow], str]
    told: Callable[[Workflow], Told]


def policy_fact(key: str) -> RuleFact:
    """Return what the policy says by a key, as a fact."""

    def value(workflow: Workflow) -> str:
        return in_words(value_at(workflow.circumstances.policy, key))

    return RuleFact(name=key, value=value, told=lambda _: Told(policy=key))


def in_words(value: object) -> str:
    """Return a value of the policy as people write it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple | list):
        return listed(map(str, value)) or _NONE
    return _NONE if value is None else str(value)


def of_page(*paths: str) -> Callable[[Workflow], Told]:
    """Say that a page shows a fact, in its values at some dotted paths."""

    def shown(page: Page) -> object:
        return [_at(page, path) for path in paths]

    told = Told(shown=shown)
    return lambda _: told


def of_events(
    *events: EventName, which: Callable[[OwnEvent], bool] | None = None
) -> Callable[[Workflow], Told]:
    """Say that the newest of some events about the issue told a fact."""
    told = Told(events=events, which=which)
    return lambda _: told


def at_request(kind: ActionKind) -> Callable[[Workflow], Told]:
    """Say that the newest request of a kind told a fact, if there is one."""

    def told(workflow: Workflow) -> Told:
        asked = workflow.asked(kind)
        return Told(position=asked[-1].position) if asked else NOWHERE_TOLD

    return told


def _at(page: Page, path: str) -> object:
    value: Any = page
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _issue(workflow: Workflow) -> str:
    issue = workflow.issue
    if issue is None:
        return "GitHub has not told of it"
    if issue.deleted or issue.transferred:
        return "deleted" if issue.deleted else "transferred"
    if issue.state == "open":
        return "open"
    return f"closed as {issue.state_reason.replace('_', ' ')}" if issue.state_reason else "closed"


def _issue_told(workflow: Workflow) -> Told:
    issue = workflow.issue
    if issue is not None and (issue.deleted or issue.transferred):
        return Told(events=(("issues", "deleted"), ("issues", "transferred")))
    return of_page("issue.state", "issue.state_reason")(workflow)


ISSUE = RuleFact(name="issue", value=_issue, told=_issue_told)


def _pull_request(workflow: Workflow) -> str:
    pull = workflow.pull_request
    if pull is None:
        return _NONE
    if pull.merged:
        return f"#{pull.number}, merged"
    return f"#{pull.number}, {'open' if pull.state == 'open' else 'closed without a merge'}"


PULL_REQUEST = RuleFact(
    name="pull request",
    value=_pull_request,
    told=of_page("pull_request.number", "pull_request.state", "pull_request.merged"),
)


def _open_pull(workflow: Workflow) -> str:
    pull = workflow.open_pull
    if pull is None:
        return "none that is conducted with this issue" if workflow.is_led else _NONE
    draft = {None: "perhaps a draft", True: "a draft", False: "no draft"}[pull.draft]
    return f"#{pull.number} at {head_of(pull)}, {draft}"


OPEN_PULL = RuleFact(
    name="open pull request",
    value=_open_pull,
    told=of_page(
        *("pull_request.number", "pull_request.state", "pull_request.draft"),
        *("pull_request.head_sha", "candidates", "leader"),
    ),
)
CANDIDATES = RuleFact(
    name="open pull requests",
    value=lambda w: listed(f"#{number}" for number in w.open_candidates) or _NONE,
    told=of_page("candidates"),
)
LINK = RuleFact(
    name="link to the pull request",
    value=lambda w: "it only fits" if w.probable else "by evidence, or there is none",
    told=of_page("probable", "pull_request.number"),
)
LEADER = RuleFact(
    name="conducted with",
    value=lambda w: f"#{w.leader}" if w.is_led else "itself",
    told=of_page("leader"),
)


def _assigned(workflow: Workflow) -> str:
    issue, assignment = workflow.issue, workflow.assignment
    if workflow.assigned:
        return f"Copilot, since {moment(assignment.at)}" if assignment is not None else "Copilot"
    listed_yet = issue is not None and COPILOT_AGENT_ID in issue.assignee_ids
    still = ", and is listed from before" if listed_yet else ""
    if (off := workflow.unassigned_at) is not None:
        return f"Copilot was unassigned at {moment(off)}{still}"
    if assignment is not None:
        return f"Copilot was assigned once{still}"
    return f"Copilot was never told to be{still}" if still else "nobody"


def _assigned_told(workflow: Workflow) -> Told:
    heard = workflow.known.heard_assigned or workflow.known.heard
    return Told(position=heard.position) if heard is not None else NOWHERE_TOLD


ASSIGNED = RuleFact(name="assigned to Copilot", value=_assigned, told=_assigned_told)


def _started(workflow: Workflow) -> str:
    return "has started" if workflow.started else "has not started"


def _started_told(workflow: Workflow) -> Told:
    if not workflow.started:
        return NOWHERE_TOLD
    if workflow.lane.linked(workflow.number):
        return of_page("pull_request.number", "candidates")(workflow)
    return _assigned_told(workflow) if workflow.assigned else at_request("assign")(workflow)


STARTED = RuleFact(name="work", value=_started, told=_started_told)


def _queued(workflow: Workflow) -> str:
    if not workflow.queued:
        return "not in it"
    return "in it, as an operator said" if workflow.handling.enqueued else "in it, by its label"


def _queued_told(workflow: Workflow) -> Told:
    if workflow.handling.enqueued is not None:
        return Told(events=(("workflow", "enqueued"),))
    return _of_labels(queue_labels(workflow.circumstances.policy))


def _of_labels(keys: Iterable[str]) -> Told:
    """Say that a fact was told when the issue came to carry any of some labels, or none of them."""
    wanted = frozenset(keys)

    def shown(page: Page) -> object:
        labels: Any = _at(page, "issue.labels") or ()
        return _at(page, "issue.state"), not wanted.isdisjoint(map(label_key, labels))

    return Told(shown=shown)


QUEUED = RuleFact(name="queue", value=_queued, told=_queued_told)


def queue_label_put(workflow: Workflow) -> datetime | None:
    """Return when a label that queues the issue was last put on it, of those that it carries."""
    changes = workflow.known.labels
    names = queue_labels(workflow.circumstances.policy)
    found = [changes[name].at for name in names if name in changes and changes[name].present]
    return max(found, default=None)


def _since(at: datetime | None) -> str:
    return f"at {moment(at)}" if at is not None else "never"


QUEUE_LABEL = RuleFact(
    name="queue's label put on",
    value=lambda w: _since(queue_label_put(w)),
    told=of_events(("issues", "labeled")),
)


def for_a_person(workflow: Workflow) -> bool:
    """Say whether the issue carries our label that a person is needed."""
    label = _label_for_a_person(workflow)
    return workflow.issue is not None and workflow.issue.carries(label)


def _label_for_a_person(workflow: Workflow) -> str:
    return f"{workflow.circumstances.policy.labels.prefix}needs_human"


LABEL_FOR_A_PERSON = RuleFact(
    name="label for a person",
    value=lambda w: f"{_label_for_a_person(w)}, {'is' if for_a_person(w) else 'is not'} on it",
    told=lambda w: _of_labels((label_key(_label_for_a_person(w)),)),
)


def assigns_asked(workflow: Workflow) -> tuple[Asked, ...]:
    """Return the requests to assign Copilot that did not fail."""
    return tuple(each for each in workflow.asked("assign") if each.outcome != "failed")


def _assign_asked(workflow: Workflow) -> str:
    asked = assigns_asked(workflow)
    if not asked:
        return "was not asked for"
    how = "was asked for" if asked[-1].mode == "live" else "was recorded in shadow mode"
    pending = pending_assignment(workflow)
    if pending is None:
        return f"{how} before"
    return f"{how} at {moment(pending.at)}, and GitHub shows no sign of it"


ASSIGN_ASKED = RuleFact(name="assigning Copilot", value=_assign_asked, told=at_request("assign"))
REOPENED = RuleFact(
    name="reopened",
    value=lambda w: _since(w.known.reopened_at),
    told=of_events(("issues", "reopened")),
)
RESUMED = RuleFact(
    name="retried or released",
    value=lambda w: _since(w.handling.resumed_at),
    told=of_events(("workflow", "retried"), ("workflow", "released")),
)
SKIPPED = RuleFact(
    name="skipped by an operator",
    value=lambda w: "yes" if w.handling.skipped else "no",
    told=of_events(("workflow", "skipped"), ("workflow", "enqueued"), ("workflow", "retried")),
)
TAKEN_OVER = RuleFact(
    name="taken over by a person",
    value=lambda w: "yes" if w.handling.taken_over else "no",
    told=of_events(("workflow", "taken_over"), ("workflow", "released"), ("workflow", "retried")),
)

_CHECKS = ("failed", "pending", "inconclusive", "awaiting_approval", "missing")


def _checks(workflow: Workflow) -> str:
    checks = workflow.checks
    named = [(kind.replace("_", " "), getattr(checks, kind)) for kind in _CHECKS]
    said = "; ".join(f"{kind}: {listed(names)}" for kind, names in named if names)
    return said or (f"passed: {listed(checks.passed)}" if checks.passed else "nothing in the way")


_HEAD = "pull_request.head_sha"
CHECKS = RuleFact(
    name="checks", value=_checks, told=of_page(_HEAD, *(f"checks.{kind}" for kind in _CHECKS))
)
FAILED_CHECKS = RuleFact(
    name="checks failed",
    value=lambda w: listed(w.checks.failed) or _NONE,
    told=of_page(_HEAD, "checks.failed"),
)


def _times(workflow: Workflow, kind: ActionKind, *, of_these: bool) -> str:
    number = len(workflow.asked(kind))
    times = "once" if number == 1 else f"{number} times"
    return f"{times}, of these too" if of_these else times if number else "never"


FIXES_ASKED = RuleFact(
    name="asked to mend checks",
    value=lambda w: _times(w, "ask_to_fix_ci", of_these=asked_about_checks(w)),
    told=at_request("ask_to_fix_ci"),
)
ADDRESSES_ASKED = RuleFact(
    name="asked to address reviews",
    value=lambda w: _times(w, "ask_to_address_review", of_these=asked_about_reviews(w)),
    told=at_request("ask_to_address_review"),
)


def _round_told(workflow: Workflow) -> Told:
    heard = workflow.pull.heard
    return Told(position=heard.position) if heard is not None else NOWHERE_TOLD


ROUND = RuleFact(
    name="Copilot's round on the head",
    value=lambda w: "over" if round_over(w) else "not over, or there is none",
    told=_round_told,
)


def _reviews_told(workflow: Workflow) -> Told:
    number = workflow.pull_request.number if workflow.pull_request is not None else None
    return Told(events=(("pull_request_review", None),), pull_request=number)


def _to_address(workflow: Workflow) -> str:
    if not workflow.reviews.to_address:
        return _NONE
    who = listed(reviewer(workflow, each) for each in workflow.reviews.reviewers_to_address)
    return f"by {who}" if who else "by somebody"


TO_ADDRESS = RuleFact(name="changes requested on the head", value=_to_address, told=_reviews_told)
OPEN_REQUESTS = RuleFact(
    name="open requests for changes",
    value=lambda w: str(len(w.reviews.open_requests)) if w.reviews.open_requests else _NONE,
    told=_reviews_told,
)


def _approvals(workflow: Workflow) -> str:
    by = workflow.reviews.approved_by
    who = listed(reviewer(workflow, each) for each in by)
    return f"{len(by)}, by {who}" if by else _NONE


APPROVALS = RuleFact(name="approvals", value=_approvals, told=of_page("approved_by"))
REVIEWS_AWAITED = RuleFact(
    name="reviews awaited",
    value=lambda w: listed(reviewer(w, each) for each in w.reviews.awaited) or _NONE,
    told=lambda w: Told(
        events=(("pull_request", "review_requested"), ("pull_request_review", None)),
        pull_request=_reviews_told(w).pull_request,
    ),
)
BLOCKERS = RuleFact(
    name="open issues that it depends on",
    value=lambda w: listed(map(blocker, blockers_of(w))) or _NONE,
    told=of_events(("issue_dependencies", None)),
)


def _fired(kind: TimerKind) -> Callable[[Workflow], Told]:
    def is_its(content: OwnEvent) -> bool:
        return isinstance(content, TimerFired) and content.timer == kind

    told = Told(events=((TimerFired.type, TimerFired.action),), which=is_its)
    return lambda workflow: told if kind in workflow.handling.fired else NOWHERE_TOLD


def _no_pull_request(workflow: Workflow) -> str:
    token = start_token(workflow)
    if token is None:
        return "not waited for"
    over = workflow.handling.fired.get("no_pull_request") == token
    return "waited for too long" if over else "waited for"


WAIT_FOR_PULL = RuleFact(
    name="a pull request of Copilot's", value=_no_pull_request, told=_fired("no_pull_request")
)
WAIT_FOR_COPILOT = RuleFact(
    name="word of Copilot",
    value=lambda w: "waited for too long" if stalled(w) else "not waited for too long",
    told=_fired("no_progress"),
)


def wait_fact(kind: TimerKind, name: str) -> RuleFact:
    """Return how a wait of an open pull request stands, as a fact."""

    def value(workflow: Workflow) -> str:
        token = watch_token(workflow, kind)
        if token is None:
            return "not waited for"
        over = workflow.handling.fired.get(kind) == token
        what = listed(WATCHES[kind].what(workflow))
        return f"waited for too long: {what}" if over else f"waited for: {what}"

    return RuleFact(name=name, value=value, told=_fired(kind))


def _paused(workflow: Workflow) -> str:
    held = workflow.circumstances
    return f"{held.paused_where}: {held.paused.reason}" if held.paused is not None else "no"


PAUSED = RuleFact(
    name="paused",
    value=_paused,
    told=lambda w: (
        Told(position=w.circumstances.paused.position)
        if w.circumstances.paused is not None
        else NOWHERE_TOLD
    ),
)
MODE = RuleFact(
    name="mode", value=lambda w: w.circumstances.mode, told=lambda _: Told(policy="mode")
)
ACTING_USER = RuleFact(
    name="acting user",
    value=lambda w: w.circumstances.acting_user.login if w.circumstances.acting_user else _NONE,
    told=lambda _: NOWHERE_TOLD,
)
