"""Taking an operator's command: once per key, within its reach, and only if it would apply."""

import asyncio
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import BaseModel, Field

from api.access import Recognised
from api.command_target import CommandTarget, met_by, refuse
from api.idempotency import HEADER, IdempotencyKey
from api.problems import ApiError
from api.reflecting import HEADER as POSITION
from api.services import Services
from api.unseen_issues import with_issue
from events.append import Appended
from events.catalogue import About, OperatorCommand, content_of, own_event
from events.envelope import OPERATOR, Event
from events.identity import keyed_id

_WAIT_SECONDS = 1.0
_LOOK_SECONDS = 0.1


class CommandAnswer(BaseModel):
    """Where the command is in the log; a read with `min_position` shows its effect."""

    status: Literal["accepted", "duplicate"]
    id: UUID
    position: int = Field(examples=[1042])


class Commanding:
    """Takes the command of one request."""

    def __init__(
        self, request: Request, response: Response, caller: Recognised, key: IdempotencyKey
    ) -> None:
        self._services: Services = request.app.state.services
        self._request = request
        self._response = response
        self._caller = caller
        self._id = keyed_id(f"command:{caller.key}:{key}")

    async def give(self, content: OperatorCommand, about: About) -> CommandAnswer:
        """Record a command about a repository, an issue, an installation, or everything.

        Raises ApiError: 404 out of reach, or where GitHub has no such issue, 409 when it would
        change nothing, 422 when its key belongs to another command, 503 where GitHub cannot be
        asked now. What was recorded once is answered as then, whatever holds now.
        """
        target = await self._target(about)
        if target.recorded is not None:
            return self._answer(Appended(target.recorded, duplicate=True), content, about)
        target, seen = await with_issue(target, content, about, self._services.issues())
        refuse(target, content, about)
        whose = replace(about, installation_id=about.installation_id or target.installation_id)
        caller = self._caller
        command = own_event(
            content,
            self._id,
            source=OPERATOR,
            about=whose,
            by=caller.login,
            by_id=caller.user_id,
        )
        # The command goes first, so that the lane has a reason to keep an issue however old.
        appended, *_ = await self._services.log.append(command, *([seen.new] if seen else []))
        return self._answer(appended, content, about)

    async def _target(self, about: About) -> CommandTarget:
        """Read what the command meets, if possible with all that was recorded before it."""
        look = met_by(self._id, about, self._caller.access)
        target = await self._services.store.read(look)
        head, deadline = target.head, asyncio.get_running_loop().time() + _WAIT_SECONDS
        while target.position < head and asyncio.get_running_loop().time() < deadline:
            await self._services.progress.wait(head - 1, _LOOK_SECONDS)
            target = await self._services.store.read(look)
        return replace(target, current=target.position >= head)

    def _answer(self, appended: Appended, content: OperatorCommand, about: About) -> CommandAnswer:
        event, duplicate = appended.event, appended.duplicate
        if not _is_same(event, content, about):
            raise ApiError(
                422, "idempotency_key_reused", f"this {HEADER} was sent with another command before"
            )
        self._request.scope["state"]["logged"] = {
            "command": f"{event.type}.{event.action}",
            "position": event.position,
            "duplicate": duplicate,
        }
        if duplicate:
            self._response.status_code = HTTPStatus.OK
        self._response.headers[POSITION] = str(event.position)
        status: Literal["accepted", "duplicate"] = "duplicate" if duplicate else "accepted"
        return CommandAnswer(status=status, id=event.id, position=event.position)


def _is_same(event: Event, content: OperatorCommand, about: About) -> bool:
    """Compare what was recorded with what is said; whose repository it is may have changed."""
    return (
        event.source == OPERATOR
        and content_of(event) == content
        and (event.repository_id, event.subject_number) == (about.repository_id, about.issue_number)
        and (about.repository_id is not None or event.installation_id == about.installation_id)
    )


Command = Annotated[Commanding, Depends()]
