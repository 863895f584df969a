"""The sub-issues of an issue, in their order; the part in question is named by its id."""

from simulator.http.answer import Answer
from simulator.http.call import Call, page_of
from simulator.payloads import Payload
from simulator.state.issues import Issue
from simulator.state.refusals import NotFound, Refused, require


def list_sub_issues(call: Call) -> Answer:
    """Answer with the parts of an issue that the caller may see, in their order."""
    seen = [each for each in call.issue.sub_issues if call.caller.reaches(each.repository)]
    return page_of(call, seen, _shown)


def add_sub_issue(call: Call) -> Answer:
    """Make another issue the last part of this one."""
    issue = call.issue
    replace_parent = call.body.get("replace_parent") is True
    issue.add_sub_issue(_part(call, "sub_issue_id"), call.by, replace_parent=replace_parent)
    return Answer(_shown(issue), 201)


def remove_sub_issue(call: Call) -> Answer:
    """Let another issue be a part of this one no longer."""
    issue = call.issue
    issue.remove_sub_issue(_part(call, "sub_issue_id"), call.by)
    return Answer(_shown(issue))


def place_sub_issue(call: Call) -> Answer:
    """Put a part behind another one, or before it."""
    issue, part = call.issue, _part(call, "sub_issue_id")
    given = call.body.keys() & {"after_id", "before_id"}
    require(len(given) == 1, "Exactly one of after_id and before_id is needed")
    other = _part(call, *given)
    require(other in issue.sub_issues and other is not part, "The other one is no sub-issue of it")
    before = [each for each in issue.sub_issues if each is not part]
    place = before.index(other) - (given == {"before_id"})
    issue.place_sub_issue(part, before[place] if place >= 0 else None)
    return Answer(_shown(issue))


def get_parent(call: Call) -> Answer:
    """Answer with the issue that it is a part of."""
    parent = call.issue.parent
    if parent is None or not call.caller.reaches(parent.repository):
        raise NotFound
    return Answer(_shown(parent))


def _part(call: Call, name: str) -> Issue:
    """Return the issue whose id the body names, of any repository of the same owner."""
    wanted = call.body.get(name)
    if not isinstance(wanted, int):
        raise Refused(errors=[{"field": name, "code": "missing_field"}])
    owner = call.repository.access.owner
    for repository in call.site.world.owned_by(owner):
        if call.caller.reaches(repository):
            for issue in repository.issues:
                if issue.snapshot()["id"] == wanted:
                    return issue
    raise NotFound("The provided sub-issue does not exist")


def _shown(issue: Issue) -> Payload:
    return issue.as_issue()
