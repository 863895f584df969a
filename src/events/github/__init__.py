"""What deliveries tell us: small frozen facts, each in GitHub's own order of time.

Times are aware and UTC. Ids are GitHub's. A field that is None has no value in that delivery.
"""

from events.github.actors import GHOST_ID, ActorKind, Association
from events.github.agent_merge import AgentMergeSeen, Mends
from events.github.agents import is_agent
from events.github.answers import ClosingSeen, CopilotFinished, PermissionSeen
from events.github.checks import ActionsRunSeen, CheckRunSeen, CheckSuiteSeen, CommitStatusSeen
from events.github.comments import IssueCommentSeen
from events.github.conflicts import MergeableSeen
from events.github.fact import NEVER, Fact
from events.github.failures import CheckHistory, FailedCheck, FailureSeen
from events.github.installations import AuthorizationRevoked, InstallationSeen
from events.github.issues import AssignmentChanged, IssueReopened, IssueSeen, LabelChanged
from events.github.merge import identity_of, merge, order_of, tied
from events.github.names import (
    COPILOT_AGENT_ID,
    COPILOT_REVIEWER_ID,
    is_copilot_reviewer,
    label_key,
)
from events.github.node import Problem
from events.github.pull_requests import PullRequestSeen, ReviewRequested
from events.github.pushes import Pushed
from events.github.reading import Reading
from events.github.registry import read_delivery
from events.github.relations import DependencyChanged, SubIssueChanged
from events.github.repositories import (
    AccessChanged,
    RepositoryConnected,
    RepositoryDeleted,
    RepositoryDisconnected,
    RepositorySeen,
)
from events.github.requirements import RequiredCheck, RequirementsSeen
from events.github.reviews import ReviewCommentSeen, ReviewSeen, ReviewState
from events.github.sessions import SessionSeen, SessionState
from events.github.sub_issues import SubIssue, SubIssuesSeen

__all__ = [
    "COPILOT_AGENT_ID",
    "COPILOT_REVIEWER_ID",
    "GHOST_ID",
    "NEVER",
    "AccessChanged",
    "ActionsRunSeen",
    "ActorKind",
    "AgentMergeSeen",
    "AssignmentChanged",
    "Association",
    "AuthorizationRevoked",
    "CheckHistory",
    "CheckRunSeen",
    "CheckSuiteSeen",
    "ClosingSeen",
    "CommitStatusSeen",
    "CopilotFinished",
    "DependencyChanged",
    "Fact",
    "FailedCheck",
    "FailureSeen",
    "InstallationSeen",
    "IssueCommentSeen",
    "IssueReopened",
    "IssueSeen",
    "LabelChanged",
    "Mends",
    "MergeableSeen",
    "PermissionSeen",
    "Problem",
    "PullRequestSeen",
    "Pushed",
    "Reading",
    "RepositoryConnected",
    "RepositoryDeleted",
    "RepositoryDisconnected",
    "RepositorySeen",
    "RequiredCheck",
    "RequirementsSeen",
    "ReviewCommentSeen",
    "ReviewRequested",
    "ReviewSeen",
    "ReviewState",
    "SessionSeen",
    "SessionState",
    "SubIssue",
    "SubIssueChanged",
    "SubIssuesSeen",
    "identity_of",
    "is_agent",
    "is_copilot_reviewer",
    "label_key",
    "merge",
    "order_of",
    "read_delivery",
    "tied",
]
