"""Asking GitHub for the issue that is to be queued, where nothing was ever heard of it."""

import asyncio
from dataclasses import replace

from aggregates.lane import Lane, evolve, initial_state
from api.command_target import CommandTarget
from api.problems import ApiError
from api.services import IssueReader
from events.catalogue import About, OperatorCommand, WorkflowEnqueued
from events.errors import OrchestratorError
from reactions.ports.answers import Repository
from reactions.ports.failures import Forbidden, NotFound
from reactions.resync import Observation
from reactions.visits import NotNow

_PATIENCE_SECONDS = 10.0
_RETRY_SECONDS = 5
_LONGEST = 200  # of GitHub's words


async def with_issue(
    target: CommandTarget, content: OperatorCommand, about: About, issues: IssueReader | None
) -> tuple[CommandTarget, Observation | None]:
    """Return what a command meets once its issue is known, and what is to be recorded of that.

    Raises ApiError: 404 where there is no such issue or nobody who could ask, 503 where GitHub
    does not answer.
    """
    if not isinstance(content, WorkflowEnqueued) or not target.known:
        return target, None
    number, lane = content.issue_number, target.lane
    if lane is not None and lane.issue(number).seen is not None:
        return target, None
    if issues is None or target.installation_id is None or target.full_name is None:
        detail = (
            f"issue {number} was never heard of, and without a GitHub App nobody can ask for it"
        )
        raise ApiError(404, "issue_not_found", detail)
    lane = lane or initial_state(about.repository_id or 0)
    repo = Repository(target.installation_id, target.full_name)
    seen = await _asked(issues, lane, repo, number)
    return replace(target, lane=evolve(lane, seen.event, seen.facts)), seen


async def _asked(issues: IssueReader, lane: Lane, repo: Repository, number: int) -> Observation:
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await issues.read(lane, repo, number)
    except (NotFound, Forbidden, NotNow) as error:
        words = str(error)[:_LONGEST]
        detail = f"GitHub shows no issue {number} of {repo.full_name}: {words}"
        raise ApiError(404, "issue_not_found", detail) from error
    except (OrchestratorError, TimeoutError) as error:
        words = str(error)[:_LONGEST] or "it did not answer in time"
        detail = f"GitHub could not be asked for issue {number} of {repo.full_name}: {words}"
        again = {"retry_after": str(_RETRY_SECONDS)}
        raise ApiError(503, "github_unavailable", detail, **again) from error
