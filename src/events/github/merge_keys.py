"""Which of two facts about the same thing is the newer one: the one table that says so."""

from collections.abc import Mapping
from dataclasses import dataclass

from events.github.changes import (
    AssignmentChanged,
    IssueReopened,
    LabelChanged,
    MergeQueueChanged,
    ReviewRequested,
)
from events.github.checks import ActionsRunSeen, CheckRunSeen, CheckSuiteSeen, CommitStatusSeen
from events.github.comments import IssueCommentSeen, ReviewCommentSeen
from events.github.installations import AuthorizationRevoked, InstallationSeen
from events.github.issues import DependencyChanged, IssueSeen, SubIssueChanged
from events.github.pull_requests import PullRequestSeen
from events.github.pushes import MergeGroupSeen, Pushed
from events.github.repositories import (
    RepositoryConnected,
    RepositoryDeleted,
    RepositoryDisconnected,
    RepositorySeen,
)
from events.github.reviews import ReviewSeen


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeKey:
    """Names of a fact's fields: what it is about, and what puts two of them in order.

    Facts of one ``family`` are about the same thing when they agree in ``identity``. The greater
    ``order`` is newer; nothing sorts below any value. ``optional`` fields may be absent from a
    snapshot and keep the value of the newest snapshot that had one.
    """

    family: str
    identity: tuple[str, ...]
    order: tuple[str, ...]
    optional: tuple[str, ...] = ()


_CONNECTION = MergeKey(
    family="connection", identity=("installation_id", "repository_id"), order=("at",)
)

MERGE_KEYS: Mapping[type[object], MergeKey] = {
    RepositorySeen: MergeKey(
        family="repository",
        identity=("repository_id",),
        order=("updated_at",),
        optional=("owner_login", "private", "archived", "default_branch", "installation_id"),
    ),
    RepositoryConnected: _CONNECTION,
    RepositoryDisconnected: _CONNECTION,
    RepositoryDeleted: MergeKey(
        family="repository_deleted", identity=("repository_id",), order=("at",)
    ),
    InstallationSeen: MergeKey(
        family="installation",
        identity=("installation_id",),
        order=("deleted", "updated_at"),
        optional=(
            *("account_id", "account_login", "account_type"),
            *("app_id", "repository_selection", "suspended"),
        ),
    ),
    AuthorizationRevoked: MergeKey(family="authorization", identity=("user_id",), order=()),
    IssueSeen: MergeKey(
        family="issue",
        identity=("repository_id", "number"),
        order=("updated_at", "deleted", "transferred", "settled_at"),
        optional=(
            *("blocked_by_open", "blocked_by_total"),
            *("sub_issues_total", "sub_issues_completed"),
        ),
    ),
    DependencyChanged: MergeKey(
        family="dependency",
        identity=(
            *("blocked_repository_id", "blocked_number"),
            *("blocking_repository_id", "blocking_number"),
        ),
        order=("at",),
    ),
    SubIssueChanged: MergeKey(
        family="sub_issue",
        identity=(
            *("parent_repository_id", "parent_number"),
            *("sub_issue_repository_id", "sub_issue_number"),
        ),
        order=("at",),
    ),
    LabelChanged: MergeKey(
        family="label", identity=("repository_id", "number", "label"), order=("at",)
    ),
    AssignmentChanged: MergeKey(
        family="assignment", identity=("repository_id", "number", "assignee_id"), order=("at",)
    ),
    IssueReopened: MergeKey(
        family="reopening", identity=("repository_id", "number"), order=("at",)
    ),
    ReviewRequested: MergeKey(
        family="review_request",
        identity=("repository_id", "number", "reviewer_id", "team"),
        order=("at",),
    ),
    MergeQueueChanged: MergeKey(
        family="merge_queue", identity=("repository_id", "number"), order=("at",)
    ),
    PullRequestSeen: MergeKey(
        family="pull_request",
        identity=("repository_id", "number"),
        order=("merged", "updated_at", "settled_at"),
        optional=("draft", "auto_merge", "merged_by_id", "closing_issue_numbers"),
    ),
    ReviewSeen: MergeKey(
        family="review", identity=("repository_id", "id"), order=("dismissed", "submitted_at")
    ),
    ReviewCommentSeen: MergeKey(
        family="review_comment", identity=("repository_id", "id"), order=("deleted", "updated_at")
    ),
    IssueCommentSeen: MergeKey(
        family="issue_comment", identity=("repository_id", "id"), order=("deleted", "updated_at")
    ),
    CheckRunSeen: MergeKey(
        family="check_run",
        identity=("repository_id", "id"),
        order=("started_at", "rank", "completed_at"),
    ),
    CheckSuiteSeen: MergeKey(
        family="check_suite", identity=("repository_id", "id"), order=("updated_at", "rank")
    ),
    CommitStatusSeen: MergeKey(
        family="commit_status",
        identity=("repository_id", "sha", "context"),
        order=("updated_at", "id"),
    ),
    ActionsRunSeen: MergeKey(
        family="actions_run",
        identity=("repository_id", "id"),
        order=("attempt", "updated_at", "rank"),
    ),
    Pushed: MergeKey(family="push", identity=("repository_id", "ref"), order=("pushed_at",)),
    MergeGroupSeen: MergeKey(
        family="merge_group", identity=("repository_id", "head_sha"), order=("destroyed",)
    ),
}
