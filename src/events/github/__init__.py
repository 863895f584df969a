"""What deliveries tell us: small frozen facts, each in GitHub's own order of time.

Times are aware and UTC. Ids are GitHub's. A field that is None has no value in that delivery.
"""

from events.github.changes import (
    AssignmentChanged,
    IssueReopened,
    LabelChanged,
    MergeQueueChanged,
    ReviewRequested,
)
from events.github.checks import ActionsRunSeen, CheckRunSeen, CheckSuiteSeen, CommitStatusSeen
from events.github.comments import IssueCommentSeen, ReviewCommentSeen
from events.github.fact import Fact
from events.github.installations import AuthorizationRevoked, InstallationSeen
from events.github.issues import DependencyChanged, IssueSeen, SubIssueChanged
from events.github.pull_requests import PullRequestSeen
from events.github.pushes import MergeGroupSeen, Pushed
from events.github.reading import Problem, Reading
from events.github.registry import read_delivery
from events.github.repositories import (
    RepositoryConnected,
    RepositoryDeleted,
    RepositoryDisconnected,
    RepositorySeen,
)
from events.github.reviews import ReviewSeen, ReviewState

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
    "Problem",
    "PullRequestSeen",
    "Pushed",
    "Reading",
    "RepositoryConnected",
    "RepositoryDeleted",
    "RepositoryDisconnected",
    "RepositorySeen",
    "ReviewCommentSeen",
    "ReviewRequested",
    "ReviewSeen",
    "ReviewState",
    "SubIssueChanged",
    "read_delivery",
]
