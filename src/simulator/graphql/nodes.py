"""The state as GraphQL shows it."""

from simulator.graphql.execution import Arguments, Node, connection
from simulator.payloads import Payload
from simulator.state.accounts import COPILOT, PEOPLE, SCRIBE, is_copilot
from simulator.state.issues import Issue
from simulator.state.pull_requests import PullRequest
from simulator.state.repositories import Repository
from simulator.state.repository import RepositoryState

_MERGEABLE = {None: "UNKNOWN", True: "MERGEABLE", False: "CONFLICTING"}
_MERGE_STATES = {"dirty": "DIRTY", "draft": "DRAFT", "blocked": "BLOCKED", "unknown": "UNKNOWN"}


def actor_node(user: Payload) -> Node:
    """Return someone; the coding agent has a login of its own here."""
    login = "copilot-swe-agent" if is_copilot(user) else user["login"]
    kind = "Bot" if user["type"] == "Bot" else "User"
    fields = {
        "login": login,
        "id": user["node_id"],
        "databaseId": user["id"],
        "url": user["html_url"],
    }
    return Node(kind, fields, ("Actor", "Node", "Assignee"))


def repository_node(repository: Repository, *, by_user: bool) -> Node:
    """Return a repository, which suggests Copilot to a user only."""
    snapshot = repository.snapshot()

    def suggested(arguments: Arguments) -> Node:
        assignable = "CAN_BE_ASSIGNED" in (arguments.get("capabilities") or [])
        copilot = [COPILOT] if repository.copilot_enabled else []
        scribe = [SCRIBE] if repository.scribe_enabled else []
        agents = (*copilot, *scribe) if by_user and assignable else ()
        shown = [actor_node(user) for user in (*agents, *PEOPLE)]
        return connection(lambda: shown)(arguments)

    fields = {
        "id": snapshot["node_id"],
        "databaseId": repository.id,
        "name": snapshot["name"],
        "nameWithOwner": repository.full_name,
        "suggestedActors": suggested,
        "issue": lambda arguments: issue_node(repository.issue(arguments["number"])),
        "pullRequest": lambda arguments: pull_node(repository.pull_request(arguments["number"])),
    }
    return Node("Repository", fields, ("Node",))


def issue_node(issue: Issue) -> Node:
    """Return an issue."""
    snapshot = issue.snapshot()
    closing = [
        each
        for each in issue.repository.subjects
        if isinstance(each, PullRequest) and issue in each.closing_issues()
    ]
    fields = {
        **_common(snapshot),
        "closedByPullRequestsReferences": connection(lambda: [*map(pull_node, closing)]),
        "assignees": connection(lambda: [actor_node(user) for user in issue.assignees]),
        "repository": _home(issue.repository),
    }
    return Node("Issue", fields, ("Node", "Assignable"))


def pull_node(pull: PullRequest) -> Node:
    """Return a pull request."""
    snapshot = pull.snapshot()
    state = "MERGED" if pull.merged else pull.state.upper()
    fields = {
        **_common(snapshot),
        "state": state,
        "isDraft": pull.draft,
        "merged": pull.merged,
        "mergeable": _MERGEABLE[pull.mergeable],
        "mergeStateStatus": _MERGE_STATES.get(pull.mergeable_state, pull.mergeable_state.upper()),
        "headRefName": pull.head_ref,
        "headRefOid": pull.head_sha,
        "baseRefName": pull.base_ref,
        "reviewDecision": _decision(pull),
        "closingIssuesReferences": connection(
            lambda: [issue_node(each) for each in pull.closing_issues()]
        ),
        "repository": _home(pull.repository),
    }
    return Node("PullRequest", fields, ("Node", "Assignable"))


def _home(repository: RepositoryState) -> Node:
    return Node("Repository", {"nameWithOwner": repository.full_name, "databaseId": repository.id})


def _common(snapshot: Payload) -> dict[str, object]:
    return {
        "id": snapshot["node_id"],
        "databaseId": snapshot["id"],
        "number": snapshot["number"],
        "title": snapshot["title"],
        "body": snapshot["body"] or "",
        "state": snapshot["state"].upper(),
        "url": snapshot["html_url"],
        "updatedAt": snapshot["updated_at"],
        "author": actor_node(snapshot["user"]) if snapshot["user"] else None,
        "labels": connection(
            lambda: [Node("Label", {"name": each["name"]}) for each in snapshot["labels"]]
        ),
    }


def _decision(pull: PullRequest) -> str | None:
    if pull.is_refused:
        return "CHANGES_REQUESTED"
    if pull.repository.required_approvals > pull.approvals:
        return "REVIEW_REQUIRED"
    return "APPROVED" if pull.approvals else None
