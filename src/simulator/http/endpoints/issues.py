"""Issues, and pull requests as issues."""

from simulator.http.answer import Answer
from simulator.http.call import Call, page_of
from simulator.payloads import Payload
from simulator.state.accounts import COPILOT, is_agent
from simulator.state.issues import Issue
from simulator.state.pull_requests import PullRequest
from simulator.state.refusals import Refused


def list_issues(call: Call) -> Answer:
    """Answer with issues and pull requests alike, as GitHub does."""
    state, since = call.query.get("state", "open"), call.query.get("since", "")
    labels = {name for name in call.query.get("labels", "").split(",") if name}
    found = [
        each
        for each in call.repository.threads
        if state in (each.state, "all") and each.updated_at >= since
    ]
    wanted = [each for each in found if labels <= set(each.labels)]
    return page_of(call, _sorted(call, wanted), _as_issue)


def get_issue(call: Call) -> Answer:
    """Answer with an issue, or a pull request as one."""
    return Answer(_as_issue(call.subject))


def edit_issue(call: Call) -> Answer:
    """Change the title, the text or the state of an issue."""
    subject, body = call.subject, call.body
    if body.keys() & {"title", "body"}:
        subject.edit(call.by, title=body.get("title"), body=body.get("body"))
    match subject, body.get("state", subject.state):
        case (_, state) if state == subject.state:
            pass
        case Issue(), "closed":
            subject.close(body.get("state_reason") or "completed", call.by)
        case PullRequest(), "closed":
            subject.close(call.by)
        case _, "open":
            subject.reopen(call.by)
        case _, other:
            raise Refused(f"Invalid state: {other}")
    return get_issue(call)


def add_assignees(call: Call) -> Answer:
    """Assign who may be assigned; GitHub is silent about the others.

    An agent starts only for a person: a token of the installation has no effect on it.
    """
    subject = call.subject
    for login in call.texts("assignees"):
        user = subject.happenings.directory.named(login)
        if user is not None and is_agent(user):
            if isinstance(subject, Issue) and _may_start(call, subject, user):
                subject.assign_agent(user, call.by, _agent_assignment(call))
        elif user is not None and subject.repository.access.may_write(user):
            subject.assign(user, call.by)
    return Answer(_as_issue(subject), 201)


def remove_assignees(call: Call) -> Answer:
    """Take it away from those who have it."""
    subject = call.subject
    for login in call.texts("assignees"):
        if user := subject.happenings.directory.named(login):
            subject.unassign(user, call.by)
    return Answer(_as_issue(subject))


def list_timeline(call: Call) -> Answer:
    """Answer with the timeline of an issue or a pull request, the oldest first."""
    subject = call.subject
    url = f"{subject.repository.snapshot()['url']}/issues"
    return page_of(call, subject.timeline, lambda each: each.snapshot(url))


def list_blocked_by(call: Call) -> Answer:
    """Answer with the issues that an issue waits for."""
    return page_of(call, call.issue.blocked_by, _as_issue)


def _as_issue(subject: Issue | PullRequest) -> Payload:
    return subject.as_issue()


def _sorted(call: Call, found: list[Issue | PullRequest]) -> list[Issue | PullRequest]:
    key = "updated_at" if call.query.get("sort") == "updated" else "created_at"
    newest_first = call.query.get("direction", "desc") == "desc"
    return sorted(found, key=lambda each: (getattr(each, key), each.number), reverse=newest_first)


def _may_start(call: Call, issue: Issue, agent: Payload) -> bool:
    site, repository = call.site, issue.repository.full_name
    here = call.repository
    enabled = here.copilot_enabled if agent == COPILOT else here.scribe_enabled
    if not (call.caller.is_user and enabled):
        return False
    if site.ignore_assignees:
        site.ignore_assignees -= 1
        return False
    times = site.served["POST", "/repos/{owner}/{repo}/issues/{number}/assignees"]
    rate = site.faults.ignored_assignees
    return not site.seed.happens(rate, "ignored assignee", repository, issue.number, times)


def _agent_assignment(call: Call) -> Payload:
    given = call.body.get("agent_assignment") or {}
    if not isinstance(given, dict):
        raise Refused(errors=[{"field": "agent_assignment", "code": "invalid"}])
    return given
