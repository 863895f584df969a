"""Builders of what GitHub sends: fresh plain dictionaries, the same at every call."""

from simulator.payloads.access import a_team
from simulator.payloads.actions_runs import a_dynamic_run, an_actions_run, an_actions_workflow
from simulator.payloads.checks import (
    ACTIONS_APP_ID,
    a_check_run,
    a_check_suite,
    a_commit_status,
    an_app,
)
from simulator.payloads.installations import APP_ID, INSTALLATION_ID, an_installation
from simulator.payloads.issues import a_comment, a_label, an_issue
from simulator.payloads.payload import CREATED, UPDATED, ZEROS, Payload, a_sha, an_id
from simulator.payloads.pull_requests import a_pull_request
from simulator.payloads.pushes import a_merge_group, a_push
from simulator.payloads.repositories import a_repository
from simulator.payloads.reviews import a_review, a_review_comment
from simulator.payloads.rules import a_ruleset
from simulator.payloads.users import (
    COPILOT_AGENT_ID,
    COPILOT_REVIEWER_ID,
    SCRIBE_ID,
    a_bot,
    a_ghost,
    a_user,
    an_organization,
    copilot_agent,
    copilot_reviewer,
    scribe_agent,
    written_by,
)

__all__ = [
    "ACTIONS_APP_ID",
    "APP_ID",
    "COPILOT_AGENT_ID",
    "COPILOT_REVIEWER_ID",
    "CREATED",
    "INSTALLATION_ID",
    "SCRIBE_ID",
    "UPDATED",
    "ZEROS",
    "Payload",
    "a_bot",
    "a_check_run",
    "a_check_suite",
    "a_comment",
    "a_commit_status",
    "a_dynamic_run",
    "a_ghost",
    "a_label",
    "a_merge_group",
    "a_pull_request",
    "a_push",
    "a_repository",
    "a_review",
    "a_review_comment",
    "a_ruleset",
    "a_sha",
    "a_team",
    "a_user",
    "an_actions_run",
    "an_actions_workflow",
    "an_app",
    "an_id",
    "an_installation",
    "an_issue",
    "an_organization",
    "copilot_agent",
    "copilot_reviewer",
    "scribe_agent",
    "written_by",
]
