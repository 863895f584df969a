"""Which facts each of GitHub's events holds; an event that is not here holds none."""

from collections.abc import Mapping

from events.github.changes import (
    assignment_changed,
    issue_reopened,
    label_changed,
    merge_queue_changed,
    review_requested,
)
from events.github.checks import (
    actions_run_seen,
    check_run_seen,
    check_suite_seen,
    commit_status_seen,
)
from events.github.comments import issue_comment_seen
from events.github.delivery import Delivered, Reader
from events.github.installations import (
    authorization_revoked,
    installation_seen,
    repositories_changed,
    repositories_listed,
)
from events.github.issues import commented_issue_seen, issue_seen
from events.github.pull_requests import pull_request_seen
from events.github.pushes import merge_group_seen, pushed
from events.github.reading import Reading
from events.github.relations import dependency_changed, related_issues, sub_issue_changed
from events.github.repositories import repository_deleted, repository_seen
from events.github.reviews import review_comment_seen, review_seen
from events.json_types import JsonObject

READERS: Mapping[str, tuple[Reader, ...]] = {
    "ping": (repository_seen,),
    "repository": (repository_seen, repository_deleted),
    "installation": (installation_seen, repositories_listed),
    "installation_repositories": (installation_seen, repositories_changed),
    "github_app_authorization": (authorization_revoked,),
    "issues": (
        repository_seen,
        issue_seen,
        label_changed,
        assignment_changed,
        issue_reopened,
    ),
    "issue_comment": (repository_seen, commented_issue_seen, issue_comment_seen),
    "issue_dependencies": (repository_seen, related_issues, dependency_changed),
    "sub_issues": (repository_seen, related_issues, sub_issue_changed),
    "pull_request": (
        repository_seen,
        pull_request_seen,
        label_changed,
        assignment_changed,
        review_requested,
        merge_queue_changed,
    ),
    "pull_request_review": (repository_seen, pull_request_seen, review_seen),
    "pull_request_review_comment": (repository_seen, pull_request_seen, review_comment_seen),
    "pull_request_review_thread": (repository_seen, pull_request_seen),
    "check_run": (repository_seen, check_run_seen),
    "check_suite": (repository_seen, check_suite_seen),
    "status": (repository_seen, commit_status_seen),
    "workflow_run": (repository_seen, actions_run_seen),
    "push": (repository_seen, pushed),
    "merge_group": (repository_seen, merge_group_seen),
}

_NOTHING = Reading()


def read_delivery(event: str, action: str | None, payload: JsonObject) -> Reading:
    """Read the facts in a delivery of a GitHub event, whatever the payload looks like.

    Never raises: a fact that cannot be read becomes a problem and leaves the others alone, and an
    event that we do not know has neither.
    """
    readers = READERS.get(event)
    return Delivered(action, payload).read(readers) if readers else _NOTHING
