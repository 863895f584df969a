"""Facts of an issue: how it stands, its place in the queue, its labels, what operators said."""

from datetime import datetime

from aggregates.stages.facts.rule_fact import NONE, RuleFact, Told, of_events, of_labels, of_page
from aggregates.stages.stage import blocker, listed, moment
from aggregates.workflow import Workflow
from aggregates.workflow.blockers import blockers_of
from aggregates.workflow.parts import held_by_epic
from aggregates.workflow.queued import queue_labels
from events.github.names import label_key


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


BLOCKERS = RuleFact(
    name="open issues that it depends on",
    value=lambda w: listed(map(blocker, blockers_of(w))) or NONE,
    told=of_events(("issue_dependencies", None)),
)


def _queued(workflow: Workflow) -> str:
    if not workflow.queued:
        return "not in it"
    if workflow.handling.enqueued:
        return "in it, as an operator said"
    epic = f"in it, as a part of #{workflow.epic}"
    return "in it, by its label" if workflow.epic is None else epic


def _queued_told(workflow: Workflow) -> Told:
    if workflow.handling.enqueued is not None:
        return Told(events=(("workflow", "enqueued"),))
    if workflow.epic is not None:
        return Told(events=(("sub_issues", None),))
    return of_labels(queue_labels(workflow.circumstances.policy))


QUEUED = RuleFact(name="queue", value=_queued, told=_queued_told)


def _held(workflow: Workflow) -> str:
    held = held_by_epic(workflow)
    return f"#{held[0]}, {held[1]}" if held is not None else NONE


HELD_BY_EPIC = RuleFact(
    name="epic that keeps it waiting", value=_held, told=of_events(("sub_issues", None))
)


def queue_label_put(workflow: Workflow) -> datetime | None:
    """Return when a label that queues the issue was last put on it, of those that it carries."""
    changes = workflow.known.labels
    names = queue_labels(workflow.circumstances.policy)
    found = [changes[name].at for name in names if name in changes and changes[name].present]
    return max(found, default=None)


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
    told=lambda w: of_labels((label_key(_label_for_a_person(w)),)),
)


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


def _since(at: datetime | None) -> str:
    return f"at {moment(at)}" if at is not None else "never"
