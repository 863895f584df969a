"""Whole deliveries, each built by the function of its event's name."""

from collections.abc import Callable, Mapping

from simulator.payloads.access import member, membership, organization, team
from simulator.payloads.actions_runs import workflow_run
from simulator.payloads.checks import check_run, check_suite, status
from simulator.payloads.envelope import ping, repository
from simulator.payloads.installations import (
    github_app_authorization,
    installation,
    installation_repositories,
)
from simulator.payloads.issues import issue_comment, issue_dependencies, issues, sub_issues
from simulator.payloads.payload import Payload
from simulator.payloads.pull_requests import pull_request
from simulator.payloads.pushes import create, merge_group, push
from simulator.payloads.reviews import (
    pull_request_review,
    pull_request_review_comment,
    pull_request_review_thread,
)
from simulator.payloads.rules import branch_protection_rule, repository_ruleset

DELIVERIES: Mapping[str, Callable[..., Payload]] = {
    build.__name__: build
    for build in (
        ping,
        repository,
        installation,
        installation_repositories,
        github_app_authorization,
        member,
        membership,
        team,
        organization,
        repository_ruleset,
        branch_protection_rule,
        issues,
        issue_comment,
        issue_dependencies,
        sub_issues,
        pull_request,
        pull_request_review,
        pull_request_review_comment,
        pull_request_review_thread,
        check_run,
        check_suite,
        status,
        workflow_run,
        push,
        merge_group,
    )
}

# All that happens, also what only an App hears of that asks for it.
TOLD: Mapping[str, Callable[..., Payload]] = {**DELIVERIES, create.__name__: create}

OUTSIDE_REPOSITORIES = frozenset(
    {
        "installation",
        "installation_repositories",
        "github_app_authorization",
        "membership",
        "organization",
    }
)

__all__ = [
    "DELIVERIES",
    "OUTSIDE_REPOSITORIES",
    "TOLD",
    "branch_protection_rule",
    "check_run",
    "check_suite",
    "create",
    "github_app_authorization",
    "installation",
    "installation_repositories",
    "issue_comment",
    "issue_dependencies",
    "issues",
    "member",
    "membership",
    "merge_group",
    "organization",
    "ping",
    "pull_request",
    "pull_request_review",
    "pull_request_review_comment",
    "pull_request_review_thread",
    "push",
    "repository",
    "repository_ruleset",
    "status",
    "sub_issues",
    "team",
    "workflow_run",
]
