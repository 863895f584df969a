"""What operators may say of one issue's workflow."""

from typing import Annotated, TypeAlias

from fastapi import APIRouter

from api.command_bodies import CommandBody, LinkBody, body_of
from api.command_documents import commanded
from api.commanding import Command, CommandAnswer
from api.paging import Id
from api.workflows import Number
from events.catalogue import (
    About,
    WorkflowEnqueued,
    WorkflowLinked,
    WorkflowReleased,
    WorkflowRetried,
    WorkflowSkipped,
    WorkflowTakenOver,
)

router = APIRouter(
    prefix="/api/repositories/{repository_id}/workflows/{issue_number}", tags=["commands"]
)

Body: TypeAlias = Annotated[CommandBody, body_of(CommandBody)]
Linking: TypeAlias = Annotated[LinkBody, body_of(LinkBody)]


@router.post(
    "/enqueue", operation_id="enqueue_workflow", **commanded(CommandBody, reason="it is urgent")
)
async def enqueue(
    command: Command, repository_id: Id, issue_number: Number, body: Body
) -> CommandAnswer:
    """Queue an issue, with or without the label; of one never seen GitHub is asked first."""
    content = WorkflowEnqueued(issue_number=issue_number, reason=body.reason)
    return await command.give(content, _about(repository_id, issue_number))


@router.post("/skip", operation_id="skip_workflow", **commanded(CommandBody, reason="not now"))
async def skip(
    command: Command, repository_id: Id, issue_number: Number, body: Body
) -> CommandAnswer:
    """Do nothing for an issue until it is enqueued or retried; it need not have been seen."""
    content = WorkflowSkipped(issue_number=issue_number, reason=body.reason)
    return await command.give(content, _about(repository_id, issue_number))


@router.post(
    "/retry", operation_id="retry_workflow", **commanded(CommandBody, reason="the build is mended")
)
async def retry(
    command: Command, repository_id: Id, issue_number: Number, body: Body
) -> CommandAnswer:
    """Start afresh with an issue: attempts, failures and timers of before count no more."""
    content = WorkflowRetried(issue_number=issue_number, reason=body.reason)
    return await command.give(content, _about(repository_id, issue_number))


@router.post(
    "/take-over",
    operation_id="take_over_workflow",
    **commanded(CommandBody, reason="I do it myself"),
)
async def take_over(
    command: Command, repository_id: Id, issue_number: Number, body: Body
) -> CommandAnswer:
    """Leave an issue to a person: it is only watched, and the lane goes on."""
    content = WorkflowTakenOver(issue_number=issue_number, reason=body.reason)
    return await command.give(content, _about(repository_id, issue_number))


@router.post(
    "/release", operation_id="release_workflow", **commanded(CommandBody, reason="back to Copilot")
)
async def release(
    command: Command, repository_id: Id, issue_number: Number, body: Body
) -> CommandAnswer:
    """Take an issue back from the person who had taken it over."""
    content = WorkflowReleased(issue_number=issue_number, reason=body.reason)
    return await command.give(content, _about(repository_id, issue_number))


@router.post(
    "/link",
    operation_id="link_workflow",
    **commanded(LinkBody, pull_request=60, works=True, reason="I looked at its diff"),
)
async def link(
    command: Command, repository_id: Id, issue_number: Number, body: Linking
) -> CommandAnswer:
    """Say that a pull request works on an issue, or that it does not, where nothing else does."""
    content = WorkflowLinked(
        issue_number=issue_number,
        pull_request_number=body.pull_request,
        works=body.works,
        reason=body.reason,
    )
    return await command.give(content, _about(repository_id, issue_number))


def _about(repository_id: int, issue_number: int) -> About:
    return About(repository_id=repository_id, issue_number=issue_number)
