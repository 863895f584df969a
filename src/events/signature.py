"""Which of the secrets that we share with GitHub signed a delivery, and for whom it may speak."""

import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from events.json_types import Json, JsonObject
from events.scalars import integer

_HEADER = re.compile(rb"sha256=[0-9a-f]{64}")
_LISTS = ("repositories", "repositories_added", "repositories_removed")
_NOTHING: JsonObject = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSecret:
    """A secret, and whose deliveries it may sign: of nobody in particular it signs everybody's.

    ``name`` is kept with each delivery; of a secret without a name it is a fingerprint, of which
    nobody learns the secret. ``owners`` are logins in lower case.
    """

    name: str
    value: bytes = field(repr=False)
    owners: frozenset[str] = frozenset()
    installations: frozenset[int] = frozenset()

    @property
    def bound(self) -> bool:
        """Say whether it signs only some deliveries."""
        return bool(self.owners or self.installations)


def signer_of(
    body: bytes | bytearray, header: bytes | None, secrets: Sequence[WebhookSecret]
) -> WebhookSecret | None:
    """Return the secret under which ``X-Hub-Signature-256`` matches the raw body.

    Constant time in the signature and in which secret matches; fails closed: no header, a header
    of another shape, no secret, or an empty secret is never a match.
    """
    if header is None or not _HEADER.fullmatch(header):
        return None
    found: WebhookSecret | None = None
    for secret in secrets:
        expected = b"sha256=" + hmac.digest(secret.value, body, "sha256").hex().encode()
        matches = hmac.compare_digest(expected, header) and bool(secret.value)
        found = secret if matches and found is None else found
    return found


def objection(secret: WebhookSecret, payload: JsonObject) -> str | None:
    """Say why a secret may not sign a delivery: it names whom the secret is not bound to.

    Whoever is named must be bound, and somebody who is bound must be named. None: it may.
    """
    if not secret.bound:
        return None
    given = _object(payload, "installation").get("id")
    installation = integer(given)
    if given is not None and installation not in secret.installations:
        return _not_bound(secret, "the installation that the delivery names")
    owners = set(_owners(payload))
    if secret.owners and not owners <= secret.owners:
        return _not_bound(secret, "an owner that the delivery names")
    if installation is None and not (secret.owners and owners):
        return f"the secret {secret.name} is bound, and the delivery names nobody it is bound to"
    return None


def _not_bound(secret: WebhookSecret, what: str) -> str:
    return (
        f"the secret {secret.name} is not bound to {what}; see ORCHESTRATOR_WEBHOOK_SECRET_BINDINGS"
    )


def _owners(payload: JsonObject) -> Iterator[str]:
    """Yield every owner that a delivery names; what is no name at all is one that is not bound."""
    if repository := _object(payload, "repository"):
        yield from _owners_of(repository)
    for name in _LISTS:
        listed = payload.get(name)
        for each in listed if isinstance(listed, list) else ():
            yield from _owners_of(each) if isinstance(each, dict) else ("",)
    if organization := _object(payload, "organization"):
        yield _login(organization.get("login"))
    if account := _object(_object(payload, "installation"), "account"):
        yield _login(account.get("login"))


def _owners_of(repository: JsonObject) -> Iterator[str]:
    yield _login(repository.get("full_name")).partition("/")[0]
    if owner := _object(repository, "owner"):
        yield _login(owner.get("login"))


def _login(value: Json) -> str:
    return value.lower() if isinstance(value, str) else ""


def _object(holder: JsonObject, key: str) -> JsonObject:
    value = holder.get(key)
    return value if isinstance(value, dict) else _NOTHING
