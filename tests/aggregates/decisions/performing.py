"""What GitHub does when it is asked."""

from typing import Any
from uuid import UUID

from aggregates.decisions import Decision
from events.catalogue import ActionFailed, ActionSucceeded, OwnEvent
from events.github.comments import mark_of
from tests.worlds.issues import Issue
from tests.worlds.people import copilot_reviewer
from tests.worlds.possible import NotPossible
from tests.worlds.pull_requests import PullRequest
from tests.worlds.repositories import Repository


def done(repository: Repository, action_id: UUID, decision: Decision) -> OwnEvent:
    """Do on GitHub what was decided, and say what came of it."""
    try:
        _do(repository, action_id, decision)
    except NotPossible as error:
        return ActionFailed(
            action_id=action_id, issue_number=decision.issue_number, error=str(error)
        )
    return ActionSucceeded(action_id=action_id, issue_number=decision.issue_number)


def _do(repository: Repository, action_id: UUID, decision: Decision) -> None:
    issue = repository.subjects[decision.issue_number - 1]
    pull = repository.subjects[(decision.pull_request_number or decision.issue_number) - 1]
    told: Any = decision.parameters
    assert isinstance(issue, Issue)
    match decision.kind, pull:
        case "assign", _:
            issue.assign_copilot()
        case "set_label", _:
            _label(issue, told["label"], {f"{told['prefix']}{stage}" for stage in told["stages"]})
        case "mark_ready", PullRequest():
            pull.mark_ready()
        case "merge", PullRequest():
            pull.merge()
        case "rerun_failed_jobs", PullRequest():
            pull.run_check("test", "success")
        case "request_copilot_review", PullRequest():
            pull.request_review(copilot_reviewer)
        case _, (Issue() | PullRequest()):
            pull.comment(f"{told['body']}\n\n{mark_of(action_id)}\n")


def _label(issue: Issue, wanted: str, ours: set[str]) -> None:
    for name in [each for each in issue.labels if each in ours and each != wanted]:
        issue.unlabel(name)
    if wanted not in issue.labels:
        issue.label(wanted)
