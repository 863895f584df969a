"""Which failure an answer means, REST's or GraphQL's; a pure function of it and the time."""

from datetime import datetime, timedelta

from events.json_types import Json
from events.scalars import excerpt, moment
from gateway.credentials import Credential
from gateway.reply import Reply, http_date
from reactions.ports.failures import (
    Conflict,
    Forbidden,
    GitHubFailure,
    NotFound,
    RateLimited,
    Refused,
    Unauthorised,
    Unavailable,
)

MAX_WORDS = 400

_A_MINUTE = timedelta(minutes=1)  # as GitHub asks for where it names no time
_LONGEST = timedelta(days=1)  # longer than any of its limits; the header would be wrong
_SERVER_ERROR = 500
_STATUSES: dict[int, type[NotFound | Forbidden | Unauthorised | Conflict | Unavailable]] = {
    401: Unauthorised,
    403: Forbidden,
    404: NotFound,
    405: Conflict,  # so GitHub says that a pull request cannot be merged
    408: Unavailable,
    409: Conflict,
    410: NotFound,
    451: Forbidden,
}
_TYPES: dict[str, type[NotFound | Forbidden]] = {  # of GraphQL's errors
    "NOT_FOUND": NotFound,
    "FORBIDDEN": Forbidden,
    "INSUFFICIENT_SCOPES": Forbidden,
}
_LIMITS = {"RATE_LIMIT", "RATE_LIMITED"}
_BROKEN = "something went wrong while executing your query"  # GitHub's own failure; has no type


def failure_of(reply: Reply, now: datetime) -> GitHubFailure:
    """Return the failure that an answer outside 200 to 299 means."""
    words = _words_of(reply)
    if reply.status in {403, 429} and (limited := _limited(reply, words, now)):
        return limited
    if reply.status >= _SERVER_ERROR:
        until = _retry_after(reply, now)
        return Unavailable(words, until=until, status=reply.status, request_id=reply.request_id)
    if kind := _STATUSES.get(reply.status):
        return kind(words, status=reply.status, request_id=reply.request_id)
    return Refused("GitHub refused", words=words, status=reply.status, request_id=reply.request_id)


def met_by(credential: Credential, failure: GitHubFailure) -> GitHubFailure:
    """Note of a limit whose credential met it."""
    if isinstance(failure, RateLimited):
        failure.holder = credential.holder
        failure.user_id = credential.user_id
    return failure


def graphql_failure(reply: Reply, now: datetime) -> GitHubFailure | None:
    """Return the failure that GraphQL's errors mean, which come with 200; None without any."""
    errors = reply.node.nodes("errors")
    if not errors:
        return None
    words = _words_of(reply)
    kinds = {error.name("type") for error in errors}
    if kinds & _LIMITS:
        return _rate_limited(reply, words, now, secondary="secondary" in words.lower())
    for name, kind in _TYPES.items():
        if name in kinds:
            return kind(words, status=reply.status, request_id=reply.request_id)
    if _BROKEN in words.lower():
        return Unavailable(words, status=reply.status, request_id=reply.request_id)
    return Refused("GitHub refused", words=words, status=reply.status, request_id=reply.request_id)


def _words_of(reply: Reply) -> str:
    """Return GitHub's message with its details in one line, or the bare status."""
    body = reply.json if isinstance(reply.json, dict) else {}
    errors = body.get("errors")
    details = [_detail(error) for error in errors] if isinstance(errors, list) else []
    parts = [body.get("message"), *details]
    line = "; ".join(" ".join(part.split()) for part in parts if isinstance(part, str) and part)
    return excerpt(line, MAX_WORDS) or f"GitHub answered {reply.status}"


def _detail(error: Json) -> Json:
    if not isinstance(error, dict):
        return error
    message = error.get("message")
    if isinstance(message, str) and message:
        return message
    named = (error.get(name) for name in ("resource", "field", "code"))
    return " ".join(name for name in named if isinstance(name, str))


def _limited(reply: Reply, words: str, now: datetime) -> RateLimited | None:
    spent = reply.number("x-ratelimit-remaining") == 0
    told = "retry-after" in reply.headers
    lowered = words.lower()
    secondary = "secondary rate" in lowered or "abuse detection" in lowered
    if not (spent or told or secondary or reply.status == 429):  # noqa: PLR2004 (as HTTP has it)
        return None
    return _rate_limited(reply, words, now, secondary=secondary or not spent)


def _rate_limited(reply: Reply, words: str, now: datetime, *, secondary: bool) -> RateLimited:
    """Return that a limit was hit, and until when: as the headers say, or for a minute."""
    until = (
        _retry_after(reply, now) or (None if secondary else _reset(reply, now)) or now + _A_MINUTE
    )
    return RateLimited(
        words,
        until=min(max(until, now), now + _LONGEST),
        secondary=secondary,
        status=reply.status,
        request_id=reply.request_id,
    )


def _reset(reply: Reply, now: datetime) -> datetime | None:
    reset = moment(reply.number("x-ratelimit-reset"))
    return None if reset is None else reply.by_our_clock(reset, now)


def _retry_after(reply: Reply, now: datetime) -> datetime | None:
    seconds = reply.number("retry-after")
    if seconds is not None:
        return now + min(timedelta(seconds=seconds), _LONGEST)
    until = http_date(reply.headers.get("retry-after", ""))
    return None if until is None else reply.by_our_clock(until, now)
