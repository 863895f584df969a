"""A GitHub webhook delivery on its way into the log, and the reading of its payload later."""

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from uuid import UUID

from events import payload
from events.columns import columns_of
from events.envelope import GITHUB, LEFT_OUT, Event, NewEvent
from events.errors import BindingRefused, MalformedDelivery
from events.json_types import JsonObject
from events.signature import WebhookSecret, objection

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_EVENT_NAME = re.compile(r"[A-Za-z0-9_]{1,100}")
_MAX_ACTION = 100
_MAX_HEADER = 255
_KEPT_HEADERS = {
    "content-type": "content_type",
    "x-github-hook-id": "hook_id",
    "x-github-hook-installation-target-type": "installation_target_type",
    "x-github-hook-installation-target-id": "installation_target_id",
    "user-agent": "user_agent",
}


def delivery_event(
    headers: Mapping[str, str], body: bytes, signer: WebhookSecret | None = None
) -> NewEvent:
    """Turn a request whose signature was verified into an event; ``signer`` verified it.

    ``headers`` have lower-case names. Raises MalformedDelivery, UnsupportedMediaType, or
    BindingRefused where the signer may not speak for whom the delivery names.
    """
    return _event(headers, body, signer, payload.text_of(body))


def outline_of(
    headers: Mapping[str, str], body: bytes | bytearray, signer: WebhookSecret | None
) -> NewEvent:
    """Return the same event without its payload, which is the body as it is; raises likewise."""
    return _event(headers, body, signer, LEFT_OUT)


def delivered_json(event: Event) -> str:
    """Return the JSON text of a stored event, a form's decoded."""
    if event.source != GITHUB:
        return event.payload
    return payload.json_text(event.payload, _media_type(event.headers))


def delivered_bytes(event: Event, content: bytes) -> bytes:
    """Return the JSON of a stored event whose payload is ``content``, in UTF-8."""
    if event.source != GITHUB:
        return content
    return payload.json_bytes(content, _media_type(event.headers))


def delivered(event: Event) -> JsonObject:
    """Parse the payload of a stored event."""
    return payload.parse(delivered_json(event))


def delivered_body(event: Event, body: bytes | bytearray) -> JsonObject:
    """Parse the payload of a stored delivery that was left out: no text is made of it."""
    return payload.parse_body(body, _media_type(event.headers))


def is_bound(event: Event) -> bool:
    """Say whether a delivery was signed with a secret that speaks only for some."""
    return event.source == GITHUB and _bound(event.headers)


@lru_cache(maxsize=256)
def _bound(headers: str) -> bool:
    return bool(json.loads(headers).get("bound") == "yes")


@lru_cache(maxsize=256)
def _media_type(headers: str) -> str:
    return payload.media_type(json.loads(headers)["content_type"])


def _event(
    headers: Mapping[str, str], body: bytes | bytearray, signer: WebhookSecret | None, text: str
) -> NewEvent:
    name = _event_name(headers.get("x-github-event"))
    delivery_id = _delivery_id(headers.get("x-github-delivery"))
    media = payload.media_type(headers.get("content-type", ""))
    content = payload.parse_body(body, media)
    if signer is not None and (why := objection(signer, content)):
        raise BindingRefused("secret_not_bound", why)
    columns = columns_of(name, content)
    return NewEvent(
        id=delivery_id,
        source=GITHUB,
        type=name,
        action=_action(content),
        headers=_kept(headers, signer),
        payload=text,
        installation_id=columns.installation_id,
        repository_id=columns.repository_id,
        actor_id=columns.actor_id,
        actor_login=columns.actor_login,
        subject_kind=columns.subject_kind,
        subject_number=columns.subject_number,
        head_sha=columns.head_sha,
        occurred_at=columns.occurred_at,
    )


def _event_name(header: str | None) -> str:
    if not header:
        raise MalformedDelivery("event_header_missing", "the header X-GitHub-Event is missing")
    if not _EVENT_NAME.fullmatch(header):
        raise MalformedDelivery("event_header_invalid", "X-GitHub-Event is not an event's name")
    return header


def _delivery_id(header: str | None) -> UUID:
    if not header:
        raise MalformedDelivery(
            "delivery_header_missing", "the header X-GitHub-Delivery is missing"
        )
    if not _UUID.fullmatch(header):
        raise MalformedDelivery(
            "delivery_header_invalid", "X-GitHub-Delivery is not a UUID with hyphens"
        )
    return UUID(header)


def _action(content: JsonObject) -> str | None:
    action = content.get("action")
    fits = isinstance(action, str) and len(action) <= _MAX_ACTION and action.isprintable()
    return action if fits and isinstance(action, str) and action.isascii() else None


def _kept(headers: Mapping[str, str], signer: WebhookSecret | None) -> str:
    values = tuple(headers.get(name) for name in _KEPT_HEADERS)
    return _written(values, signer and signer.name, bound=signer is not None and signer.bound)


@lru_cache(maxsize=256)  # GitHub sends the same with nearly every delivery
def _written(values: tuple[str | None, ...], secret: str | None, *, bound: bool) -> str:
    kept = {
        ours: value[:_MAX_HEADER]
        for ours, value in zip(_KEPT_HEADERS.values(), values, strict=True)
        if value is not None
    }
    if secret is not None:
        kept["secret"] = secret
        if bound:
            kept["bound"] = "yes"
    return json.dumps(kept, separators=(",", ":"))
