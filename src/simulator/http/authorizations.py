"""What people let the App do as them: codes that are exchanged for a pair of tokens, and pairs."""

import base64
import secrets
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest

from simulator.http.credentials import USER_SECONDS, Credentials
from simulator.payloads import Payload

REFRESH_SECONDS = 15_897_600.0
CODE_SECONDS = 600.0


@dataclass(slots=True, kw_only=True)
class Lifetimes:
    """How long what is granted from now on holds, in seconds of our clock."""

    code: float = CODE_SECONDS
    access: float = USER_SECONDS
    refresh: float = REFRESH_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What somebody approved: as whom, where it is told, and by which challenge it is guarded."""

    user: Payload
    redirect_uri: str
    challenge: str | None = None

    def is_proven_by(self, verifier: str) -> bool:
        """Whether a verifier is the one that the challenge was made of, where there is one."""
        if self.challenge is None:
            return True
        digest = base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=")
        return compare_digest(digest, self.challenge.encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """An access token and the refresh token that is exchanged for the next pair, once."""

    access: str
    refresh: str
    access_seconds: float
    refresh_seconds: float


@dataclass(frozen=True, slots=True)
class _Refreshable:
    user: Payload
    access: str
    ends_at: float


class Authorizations:
    """Codes and pairs that hold; the access tokens of pairs are among the credentials."""

    def __init__(self, credentials: Credentials) -> None:
        self.lifetimes = Lifetimes()
        self._credentials = credentials
        self._codes: dict[str, tuple[Approval, float]] = {}
        self._refreshable: dict[str, _Refreshable] = {}

    def approve(self, approval: Approval) -> str:
        """Return a code for what was approved."""
        code = secrets.token_hex(10)
        self._codes[code] = (approval, self._credentials.now() + self.lifetimes.code)
        return code

    def redeem(self, code: str) -> Approval | None:
        """Return what a code was given for, once and in time."""
        approval, ends_at = self._codes.pop(code, (None, 0.0))
        return approval if ends_at > self._credentials.now() else None

    def grant(self, user: Payload) -> Pair:
        """Return a new pair of someone's."""
        access, _ = self._credentials.grant_user(user, self.lifetimes.access)
        refresh, lifetime = f"ghr_{secrets.token_hex(38)}", self.lifetimes.refresh
        ends_at = self._credentials.now() + lifetime
        self._refreshable[refresh] = _Refreshable(user, access, ends_at)
        return Pair(
            access=access,
            refresh=refresh,
            access_seconds=self.lifetimes.access,
            refresh_seconds=lifetime,
        )

    def refresh(self, refresh_token: str) -> Pair | None:
        """Return the next pair in place of the one that ends with this, once and in time."""
        had = self._refreshable.pop(refresh_token, None)
        if had is None:
            return None
        self._credentials.revoke(had.access)
        return self.grant(had.user) if had.ends_at > self._credentials.now() else None

    def revoke(self, access_token: str) -> None:
        """Let a pair hold no longer."""
        self._credentials.revoke(access_token)
        for refresh, each in list(self._refreshable.items()):
            if each.access == access_token:
                del self._refreshable[refresh]

    def revoke_user(self, user: Payload) -> None:
        """Let nothing that somebody granted hold any longer."""
        self._credentials.revoke_user(user)
        for code, (approval, _) in list(self._codes.items()):
            if approval.user["id"] == user["id"]:
                del self._codes[code]
        for refresh, each in list(self._refreshable.items()):
            if each.user["id"] == user["id"]:
                del self._refreshable[refresh]

    def revoke_all(self) -> None:
        """Let nothing hold any longer, of anybody: the App is another one."""
        self._credentials.revoke_all()
        self._codes.clear()
        self._refreshable.clear()
