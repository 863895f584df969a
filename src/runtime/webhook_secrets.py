"""The secrets of webhooks as the settings write them, and whose deliveries each may sign."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import pbkdf2_hmac

from events.signature import WebhookSecret

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_HOW = "write NAME=owner:LOGIN,installation:NUMBER; and so on for each name"
_ROUNDS = 100_000  # some 30 ms, once at the start
_SALT = b"copilot-workflow-orchestrator: the fingerprint of a webhook secret"
_FINGERPRINT_BYTES = 2  # it tells a few secrets apart, and says next to nothing of each


class BindingsUnfit(ValueError):
    """Why the bindings cannot be used; quotes no value, which might be a secret."""


@dataclass(frozen=True, slots=True)
class Binding:
    """For whom one name may speak."""

    owners: frozenset[str] = frozenset()
    installations: frozenset[int] = frozenset()


def read_bindings(text: str) -> Mapping[str, Binding]:
    """Read ``NAME=owner:LOGIN,installation:NUMBER;…``; raises BindingsUnfit."""
    found: dict[str, Binding] = {}
    for number, entry in enumerate(filter(None, map(str.strip, text.split(";"))), 1):
        name, equals, whom = (part.strip() for part in entry.partition("="))
        if not equals or not _NAME.fullmatch(name):
            raise BindingsUnfit(f"entry {number} does not begin with a name and =; {_HOW}")
        if name in found:
            raise BindingsUnfit(f"{name} is bound twice; write it once, with all it may speak for")
        found[name] = _binding(name, whom)
    return found


def read_secrets(text: str, bindings: Mapping[str, Binding]) -> tuple[WebhookSecret, ...]:
    """Read secrets separated by commas; ``name:secret`` is both only where that name is bound.

    Raises BindingsUnfit where a name has no secret, or a secret is bound and also not.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    secrets = tuple(_secret(part, bindings) for part in parts)
    if missing := sorted(bindings.keys() - {secret.name for secret in secrets if secret.bound}):
        raise BindingsUnfit(
            f"{missing[0]} is bound, and ORCHESTRATOR_WEBHOOK_SECRET has no {missing[0]}:SECRET"
        )
    for secret in secrets:
        others = (each for each in secrets if each.value == secret.value)
        if secret.bound and any(each.name != secret.name for each in others):
            raise BindingsUnfit(
                f"the secret of {secret.name} is there once more, otherwise bound or not at all"
            )
    return secrets


def _binding(name: str, whom: str) -> Binding:
    owners: set[str] = set()
    installations: set[int] = set()
    for each in (part.strip() for part in whom.split(",")):
        kind, _, value = each.partition(":")
        if kind == "owner" and _OWNER.fullmatch(value):
            owners.add(value.lower())
        elif kind == "installation" and _NUMBER.fullmatch(value):
            installations.add(int(value))
        else:
            raise BindingsUnfit(f"{name} is bound to what is neither owner nor number; {_HOW}")
    return Binding(frozenset(owners), frozenset(installations))


def _secret(part: str, bindings: Mapping[str, Binding]) -> WebhookSecret:
    name, colon, value = part.partition(":")
    if not colon or (bound := bindings.get(name)) is None:
        return WebhookSecret(name=fingerprint(part), value=part.encode())
    if not value:
        raise BindingsUnfit(f"{name} has no secret behind its colon")
    return WebhookSecret(
        name=name,
        value=value.encode(),
        owners=bound.owners,
        installations=bound.installations,
    )


@lru_cache(maxsize=64)
def fingerprint(secret: str) -> str:
    """Return a few digits that tell a secret from others and from which nobody guesses it."""
    digest = pbkdf2_hmac("sha256", secret.encode(), _SALT, _ROUNDS, _FINGERPRINT_BYTES)
    return f"#{digest.hex()}"
