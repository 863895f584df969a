"""Secrets at rest: sealed with a key of the service, and bound to the place where they lie.

AES-256-GCM of `cryptography`; the key is derived (HKDF-SHA256, RFC 5869) from one of
``ORCHESTRATOR_SECRET_KEY``, whose first seals and any of which opens. The place, such as a row's
key, goes in as associated data: what was moved to another row does not open there.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from events.errors import OrchestratorError

_FORMAT = b"\x01"
_KEY_BYTES, _ID_BYTES, _NONCE_BYTES, _TAG_BYTES = 32, 8, 12, 16
HEAD_BYTES = len(_FORMAT) + _ID_BYTES
_LEAST = len(_FORMAT) + _ID_BYTES + _NONCE_BYTES + _TAG_BYTES
_MARKING = b"copilot-orchestrator: marks of admin tokens"


class NotOpened(OrchestratorError):
    """What was sealed cannot be read: its key is gone, or it is not what was sealed here."""


class VaultMissing(OrchestratorError):
    """There is no key to seal anything with."""

    def __init__(self) -> None:
        super().__init__(
            "nothing secret can be kept: set ORCHESTRATOR_SECRET_KEY "
            "(`copilot-orchestrator init --add-missing` makes one)"
        )


class Vault:
    """Seals and opens with the keys that are derived from some secrets."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        self._keys: Mapping[bytes, AESGCM] = {_id_of(each): _key_of(each) for each in secrets}
        self._sealing = _id_of(secrets[0]) if secrets else None
        self._marking = [_derived(each, _MARKING, _KEY_BYTES) for each in secrets]

    @property
    def is_usable(self) -> bool:
        """Whether there is a key at all."""
        return self._sealing is not None

    def marks(self, secret: str) -> list[str]:
        """Return by what a secret that people chose is known again, that of the first key first.

        Nobody tries out such secrets at a copy of the database who has no key. The last is its hash
        alone, as it is kept where there is no key.
        """
        said = secret.encode(errors="replace")
        keyed = [hmac.new(key, said, hashlib.sha256).hexdigest() for key in self._marking]
        return [*keyed, hashlib.sha256(said).hexdigest()]

    def seal(self, plain: bytes, place: str) -> bytes:
        """Encrypt for a place; raises VaultMissing without a key."""
        if self._sealing is None:
            raise VaultMissing
        nonce = os.urandom(_NONCE_BYTES)
        head = _FORMAT + self._sealing
        return head + nonce + self._keys[self._sealing].encrypt(nonce, plain, _bound(head, place))

    def open(self, sealed: bytes, place: str) -> bytes:
        """Decrypt what was sealed for a place; raises NotOpened."""
        if len(sealed) < _LEAST or not sealed.startswith(_FORMAT):
            raise NotOpened("this was not sealed here")
        head, rest = sealed[: 1 + _ID_BYTES], sealed[1 + _ID_BYTES :]
        key = self._keys.get(head[1:])
        if key is None:
            raise NotOpened(
                "it was sealed with a key that is not among ORCHESTRATOR_SECRET_KEY any more"
            )
        try:
            return key.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], _bound(head, place))
        except InvalidTag:
            raise NotOpened("it was changed, or belongs to another place") from None

    def is_current(self, sealed: bytes) -> bool:
        """Say whether the first key sealed it; what an older one did is sealed anew when it can."""
        return sealed[1 : 1 + _ID_BYTES] == self._sealing

    @property
    def older_heads(self) -> list[bytes]:
        """With what begins whatever the older keys sealed, in ``HEAD_BYTES`` bytes."""
        return [_FORMAT + each for each in self._keys if each != self._sealing]


def _bound(head: bytes, place: str) -> bytes:
    return head + place.encode()


def _id_of(secret: bytes) -> bytes:
    return _derived(secret, b"copilot-orchestrator: id of a sealing key", _ID_BYTES)


def _key_of(secret: bytes) -> AESGCM:
    return AESGCM(_derived(secret, b"copilot-orchestrator: sealing key", _KEY_BYTES))


def _derived(secret: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose).derive(secret)
