"""What deliveries tell us: small frozen facts, each in GitHub's own order of time.

Times are aware and UTC. Ids are GitHub's. A field that is None has no value in that delivery.
"""

from typing import TypeAlias

from events.facts.changes import (
    AssignmentChanged,
    IssueReopened,
    LabelChanged,
    MergeQueueChanged,
    ReviewRequested,
)
from events.facts.checks import ActionsRunSeen, CheckRunSeen, CheckSuiteSeen, CommitStatusSeen
from events.facts.comments import IssueCommentSeen, ReviewCommentSeen
from events.facts.installations import AuthorizationRevoked, InstallationSeen
from events.facts.issues import DependencyChanged, IssueSeen, SubIssueChanged
from events.facts.pull_requests import PullRequestSeen
from events.facts.pushes import MergeGroupSeen, Pushed
from events.facts.repositories import (
    RepositoryConnected,
    RepositoryDeleted,
    RepositoryDisconnected,
    RepositorySeen,
)
from events.facts.reviews import ReviewSeen, ReviewState

Fact: TypeAlias = (
    RepositorySeen
    | RepositoryConnected
    | RepositoryDisconnected
    | RepositoryDeleted
    | InstallationSeen
    | AuthorizationRevoked
    | IssueSeen
    | DependencyChanged
    | SubIssueChanged
    | LabelChanged
    | AssignmentChanged
    | IssueReopened
    | ReviewRequested
    | MergeQueueChanged
    | PullRequestSeen
    | ReviewSeen
    | ReviewCommentSeen
    | IssueCommentSeen
    | CheckRunSeen
    | CheckSuiteSeen
    | CommitStatusSeen
    | ActionsRunSeen
    | Pushed
    | MergeGroupSeen
)

__all__ = [
    "ActionsRunSeen",
    "AssignmentChanged",
    "AuthorizationRevoked",
    "CheckRunSeen",
    "CheckSuiteSeen",
    "CommitStatusSeen",
    "DependencyChanged",
    "Fact",
    "InstallationSeen",
    "IssueCommentSeen",
    "IssueReopened",
    "IssueSeen",
    "LabelChanged",
    "MergeGroupSeen",
    "MergeQueueChanged",
    "PullRequestSeen",
    "Pushed",
    "RepositoryConnected",
    "RepositoryDeleted",
    "RepositoryDisconnected",
    "RepositorySeen",
    "ReviewCommentSeen",
    "ReviewRequested",
    "ReviewSeen",
    "ReviewState",
    "SubIssueChanged",
]
