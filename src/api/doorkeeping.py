"""Who failed too often at our doors is told to wait: 429, and for how long."""

from http import HTTPStatus
from typing import NoReturn

from starlette.requests import HTTPConnection

from api.problems import ApiError
from people.attempts import Attempts, Door
from people.caller import Caller

# Of tokens and sessions it tells only that there were too many: a wrong token reaches no database.
_TALLIED = ("sign_in", "link", "program")


def address_of(request: HTTPConnection, attempts: Attempts) -> str:
    """Return whose address a request counts for: its peer's, or whom a trusted proxy names."""
    peer = request.client.host if request.client else ""
    return attempts.share(peer, request.headers.raw)


def require_patience(request: HTTPConnection, door: Door) -> None:
    """Raise 429 while an address has to wait at a door."""
    attempts = _attempts(request)
    if seconds := attempts.waits(door, lambda: address_of(request, attempts)):
        raise _wait(seconds)


async def refused(request: HTTPConnection, door: Door, error: ApiError) -> NoReturn:
    """Count a failure at a door and raise its error, or 429 once there were too many.

    What is a fault of ours or of GitHub's is raised and not counted.
    """
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise error
    attempts = _attempts(request)
    seconds = await attempts.failed(door, address_of(request, attempts))
    if seconds:
        await _tally(request, f"too_many_{door}")
        raise _wait(seconds) from error
    if door in _TALLIED:
        await _tally(request, error.code)
    raise error


async def counted(request: HTTPConnection, door: Door, caller: Caller | None = None) -> None:
    """Count what is no failure but must not be done without end; raises 429.

    It counts for a caller, wherever they are: no stranger at their address takes it from them.
    """
    attempts = _attempts(request)
    who = caller.key if caller else address_of(request, attempts)
    if seconds := await attempts.failed(door, who):
        await _tally(request, f"too_many_{door}")
        raise _wait(seconds)


async def _tally(request: HTTPConnection, code: str) -> None:
    """Have the log tell of refusals: one event for each reason in some minutes."""
    await request.app.state.refused_sign_ins.refused(code)


def _wait(seconds: int) -> ApiError:
    return ApiError(
        429,
        "too_many_failures",
        "there were too many failures from your address; wait, and try again",
        retry_after=str(seconds),
    )


def _attempts(request: HTTPConnection) -> Attempts:
    attempts: Attempts = request.app.state.services.people.attempts
    return attempts
