"""What the GitHub App must be allowed and must hear; docs/github-app.md says the same."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Level: TypeAlias = Literal["read", "write"]

_RANKS = {"read": 1, "write": 2, "admin": 3}


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission as GitHub's API names it, the level we use it at, and what for.

    Without one that is ``required`` the service does not do its work; without another, less.
    ``without`` says what then happens, or goes on.
    """

    name: str
    level: Level
    purpose: str
    without: str
    required: bool = True

    def __str__(self) -> str:
        return f"{self.name}: {self.level}"


@dataclass(frozen=True, slots=True)
class Event:
    """An event to subscribe to, the permission that lets an App choose it, and what it tells."""

    name: str
    permission: str
    purpose: str
    required: bool = True

    def __str__(self) -> str:
        return self.name


PERMISSIONS = (
    Permission(
        "metadata",
        "read",
        "to see repositories at all; GitHub always grants it",
        without="nothing is seen",
    ),
    Permission(
        "issues",
        "write",
        "to read the queue, to label, to comment",
        without="no queue is known, nothing is assigned, nobody is told",
    ),
    Permission(
        "pull_requests",
        "write",
        "to read pull requests, to request reviews",
        without="Copilot's work is not seen, and nobody is asked to review it",
    ),
    Permission(
        "checks",
        "write",
        "to read check runs, to report on the policy file",
        without="CI is not seen, and what is wrong with a policy file is not reported",
    ),
    Permission(
        "contents",
        "read",
        "to read the policy file",
        without="the policy of the server holds, whatever the repository's file says",
    ),
    Permission(
        "statuses",
        "read",
        "to read the older kind of CI result",
        without="CI that reports by statuses alone is not seen",
    ),
    Permission(
        "actions",
        "read",
        "to see runs that wait for an approval, and the logs of jobs that failed",
        without="Copilot is told which checks failed, not at which step nor by which lines",
    ),
    Permission(
        "actions",
        "write",
        "to run flaky jobs again, where a policy says so",
        without="Copilot is asked to mend them at once, as any other check",
        required=False,
    ),
    Permission(
        "contents",
        "write",
        "to merge, where a policy says so",
        without="people merge; a merge that a policy asks for fails, and goes to one of them",
        required=False,
    ),
    Permission(
        "administration",
        "read",
        "to see what classic branch protection requires",
        without="rulesets alone tell which checks are required; where they name none, all count",
        required=False,
    ),
    Permission(
        "merge_queues",
        "read",
        "to hear of merge queues",
        without="nothing is heard of them, and nothing hangs on it",
        required=False,
    ),
    Permission(
        "members",
        "read",
        "to hear who joins and leaves an organization, and who administers it",
        without="what access changed is found when it is asked anew, within minutes to a day",
        required=False,
    ),
)

EVENTS = (
    Event("issues", "issues", "the queue, assignments, labels"),
    Event("issue_comment", "issues", "what people and Copilot say"),
    Event("pull_request", "pull_requests", "Copilot's work as it goes on"),
    Event("pull_request_review", "pull_requests", "approvals and changes requested"),
    Event("check_run", "checks", "CI, one check at a time"),
    Event("check_suite", "checks", "CI, the checks of one App together"),
    Event("status", "statuses", "CI of the older kind"),
    Event("workflow_run", "actions", "Actions runs that wait for an approval"),
    Event("push", "contents", "new commits, changes of the policy file"),
    Event(
        "pull_request_review_comment",
        "pull_requests",
        "remarks on lines, by which Copilot's review suggests something",
        required=False,
    ),
    Event("pull_request_review_thread", "pull_requests", "remarks resolved", required=False),
    Event("issue_dependencies", "issues", "which issue blocks which", required=False),
    Event("sub_issues", "issues", "issues made of issues", required=False),
    Event("repository", "metadata", "renames, transfers, archiving", required=False),
    Event("member", "members", "who may write in a repository changed", required=False),
    Event("membership", "members", "who is in a team changed", required=False),
    Event("organization", "members", "who is in the organization changed", required=False),
    Event("team", "members", "what a team may do changed", required=False),
    Event("team_add", "members", "a repository was given to a team", required=False),
    Event("repository_ruleset", "administration", "that rulesets changed", required=False),
    Event("branch_protection_rule", "administration", "that protection changed", required=False),
    Event("merge_group", "merge_queues", "merge queues", required=False),
)

# Every App hears of these; none can be chosen.
ALWAYS_HEARD = frozenset(
    {"ping", "installation", "installation_repositories", "github_app_authorization"}
)


def missing_permissions(granted: Mapping[str, str]) -> tuple[Permission, ...]:
    """Return what is not granted at the level that we use, in the table's order."""
    return tuple(
        each
        for each in PERMISSIONS
        if _RANKS.get(granted.get(each.name, ""), 0) < _RANKS[each.level]
    )


def missing_events(heard: tuple[str, ...]) -> tuple[Event, ...]:
    """Return what is not subscribed to, in the table's order."""
    return tuple(each for each in EVENTS if each.name not in heard)
