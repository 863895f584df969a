"""GraphQL: it answers 200 whatever happens, and says in ``errors`` what did."""

from datetime import datetime

from events.json_types import JsonObject
from gateway.failing import rate_limited, words_of
from gateway.reply import Reply, Request
from reactions.ports.failures import Forbidden, GitHubFailure, NotFound, Refused, Unavailable

_KINDS: dict[str, type[NotFound | Forbidden]] = {
    "NOT_FOUND": NotFound,
    "FORBIDDEN": Forbidden,
    "INSUFFICIENT_SCOPES": Forbidden,
}
_LIMITS = {"RATE_LIMIT", "RATE_LIMITED"}
_BROKEN = "something went wrong while executing your query"  # GitHub's own failure; has no type


def graphql_request(url: str, query: str, variables: JsonObject) -> Request:
    """Return a query or mutation as a request."""
    return Request("POST", url, json={"query": query, "variables": variables})


def graphql_failure(reply: Reply, now: datetime) -> GitHubFailure | None:
    """Return the failure that an answer's errors mean; None when it has none."""
    errors = reply.node.nodes("errors")
    if not errors:
        return None
    words = words_of(reply)
    kinds = {error.name("type") for error in errors}
    if kinds & _LIMITS:
        return rate_limited(reply, words, now, secondary="secondary" in words.lower())
    for name, kind in _KINDS.items():
        if name in kinds:
            return kind(words, status=reply.status, request_id=reply.request_id)
    if _BROKEN in words.lower():
        return Unavailable(words, status=reply.status, request_id=reply.request_id)
    return Refused("GitHub refused", words=words, status=reply.status, request_id=reply.request_id)
