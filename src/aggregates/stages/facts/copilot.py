"""Facts of Copilot's work: whether it is assigned, what it was asked for, what is waited for."""

from collections.abc import Callable

from aggregates.lane.ours import Asked
from aggregates.stages.facts.rule_fact import NOWHERE_TOLD, RuleFact, Told, at_request, of_page
from aggregates.stages.stage import listed, moment, times
from aggregates.workflow import Workflow, pending_assignment, round_over, stalled
from aggregates.workflow.agent_merge import fixes_asked
from aggregates.workflow.progress import asked_about_checks, asked_about_reviews, start_token
from aggregates.workflow.watches import WATCHES, watch_token
from events.catalogue import OwnEvent, TimerFired, TimerKind
from events.github.agents import has_agent


def _assigned(workflow: Workflow) -> str:
    issue, assignment = workflow.issue, workflow.assignment
    title = workflow.agent.title
    if workflow.assigned:
        return f"{title}, since {moment(assignment.at)}" if assignment is not None else title
    listed_yet = issue is not None and has_agent(issue.assignee_ids)
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


def _agent(workflow: Workflow) -> str:
    if workflow.lacks_agent is not None:
        return f"{workflow.lacks_agent}, which is not known here"
    return workflow.agent.name


AGENT = RuleFact(name="agent", value=_agent, told=of_page("issue.labels", "pull_request.author_id"))
ASSIGN_ASKED = RuleFact(name="assigning Copilot", value=_assign_asked, told=at_request("assign"))


def _times(number: int, *, of_these: bool) -> str:
    asked = times(number) if number else "never"
    return f"{asked}, of these too" if of_these else asked


FIXES_ASKED = RuleFact(
    name="asked to mend checks",
    value=lambda w: _times(fixes_asked(w), of_these=asked_about_checks(w)),
    told=at_request("ask_to_fix_ci"),
)
ADDRESSES_ASKED = RuleFact(
    name="asked to address reviews",
    value=lambda w: _times(len(w.asked("ask_to_address_review")), of_these=asked_about_reviews(w)),
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
