"""What all builders share: the type of a payload, ids and times that follow from their names."""

import json
from hashlib import sha256
from typing import Any, TypeAlias

import orjson

# JSON as GitHub sends it: whoever builds or checks one reaches deep into it, hence no closed type.
Payload: TypeAlias = dict[str, Any]

API = "https://api.github.com"
WEB = "https://github.com"
CREATED = "2026-11-02T09:00:00Z"
UPDATED = "2026-11-02T09:05:00Z"
ZEROS = "0" * 40


def an_id(*parts: object) -> int:
    """Return the number of at most 40 bits that always belongs to these parts."""
    return int.from_bytes(_digest(parts)[:5])


def a_sha(*parts: object) -> str:
    """Return the 40 hexadecimal digits that always belong to these parts."""
    return _digest(parts).hex()[:40]


def a_node_id(prefix: str, *parts: object) -> str:
    """Return a global node id such as ``I_kwDO…`` that always belongs to these parts."""
    return f"{prefix}_kwDO{_digest(parts).hex()[:14].upper()}"


def addresses(root: str, paths: dict[str, str]) -> Payload:
    """Return ``<name>_url`` for each name, its path below a root."""
    return {f"{name}_url": f"{root}{path}" for name, path in paths.items()}


def built(defaults: Payload, overrides: dict[str, object]) -> Payload:
    """Return a payload that shares nothing with what it was built from, as after a journey."""
    fresh: Payload = orjson.loads(orjson.dumps(defaults | overrides))
    return fresh


def with_action(action: str | None, body: Payload, overrides: dict[str, object]) -> Payload:
    """Build a delivery, with the action in front where there is one."""
    start = {"action": action} if action else {}
    return built({**start, **body}, overrides)


def with_id(thing: Payload, new: int) -> Payload:
    """Give a built thing another id, in its addresses too."""
    text = json.dumps(thing).replace(str(thing["id"]), str(new))
    given: Payload = json.loads(text)
    return given


def _digest(parts: tuple[object, ...]) -> bytes:
    return sha256("\n".join(map(str, parts)).encode()).digest()
