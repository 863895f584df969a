"""What a page shows of a workflow, in JSON types."""

from collections.abc import Iterator
from typing import Any

from aggregates.stages import Placement
from aggregates.workflow import Workflow
from events.github import IssueSeen, PullRequestSeen

_CHECKS = ("failed", "pending", "inconclusive", "awaiting_approval", "missing", "passed")
_ATTEMPTS = ("ask_to_fix_ci", "ask_to_address_review")


def document_of(workflow: Workflow, placement: Placement) -> dict[str, Any]:
    """Return a workflow as it is now: its stage and why, and all that the stage hangs on."""
    return {
        "stage": str(placement.stage),
        "rule": placement.rule,
        "reason": placement.reason,
        "waiting_for": [{"kind": wait.kind, "what": wait.what} for wait in placement.waits],
        "notes": list(placement.notes),
        "mode": workflow.circumstances.mode,
        "issue": _issue(workflow.issue),
        "pull_request": _pull_request(workflow.pull_request),
        "candidates": list(workflow.open_candidates),
        "checks": {name: list(getattr(workflow.checks, name)) for name in _CHECKS},
        "approved_by": list(workflow.reviews.approved_by),
        "attempts": dict(_attempts(workflow)),
    }


def _issue(issue: IssueSeen | None) -> dict[str, Any] | None:
    if issue is None:
        return None
    return {
        "number": issue.number,
        "title": issue.title,
        "state": issue.state,
        "state_reason": issue.state_reason,
        "labels": list(issue.labels),
        "created_at": issue.created_at and issue.created_at.isoformat(),
    }


def _pull_request(pull: PullRequestSeen | None) -> dict[str, Any] | None:
    if pull is None:
        return None
    return {
        "number": pull.number,
        "title": pull.title,
        "state": pull.state,
        "draft": pull.draft,
        "merged": pull.merged,
        "head_sha": pull.head_sha,
        "head_ref": pull.head_ref,
        "base_ref": pull.base_ref,
        "author_id": pull.author_id,
    }


def _attempts(workflow: Workflow) -> Iterator[tuple[str, int]]:
    mode = workflow.circumstances.mode
    for kind in _ATTEMPTS:
        asked = workflow.handling.asked
        yield kind, sum(each.kind == kind and each.mode == mode for each in asked)
