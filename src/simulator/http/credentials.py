"""Tokens of the installation and of users: given, checked, expired and revoked."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulator.http.app_jwt import check_app_jwt
from simulator.http.app_key import AppKey
from simulator.http.caller import PERMISSIONS, Caller, nobody, the_app_itself
from simulator.payloads import Payload
from simulator.state.accounts import APP_BOT
from simulator.state.refusals import Unauthenticated

INSTALLATION_HOURS = 1
USER_HOURS = 8
_HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Granted:
    """A token's caller and when it ends, in seconds of our clock."""

    caller: Caller
    expires_at: float


class Credentials:
    """Who calls, by the header that they send; ``now`` is our clock, as tokens are kept by it."""

    def __init__(self, key: AppKey, now: Callable[[], float]) -> None:
        self.key = key
        self.now = now
        self._tokens: dict[str, Granted] = {}

    def caller(self, authorization: str | None) -> Caller:
        """Return who calls, or raise Unauthenticated for credentials that do not hold."""
        if not authorization:
            return nobody()
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() not in ("bearer", "token"):
            raise Unauthenticated
        if scheme.lower() == "bearer" and token.startswith("eyJ"):
            check_app_jwt(token, self.key.public_pem, self.now())
            return the_app_itself()
        granted = self._tokens.get(token)
        if granted is None or granted.expires_at <= self.now():
            raise Unauthenticated
        return granted.caller

    def grant_installation(
        self,
        permissions: Mapping[str, str] = PERMISSIONS,
        repositories: frozenset[int] | None = None,
    ) -> tuple[str, float]:
        """Return a token of the installation and when it ends."""
        caller = Caller(
            kind="installation", user=APP_BOT, permissions=permissions, repositories=repositories
        )
        return self._grant("ghs", caller, INSTALLATION_HOURS)

    def grant_user(self, user: Payload) -> tuple[str, float]:
        """Return a token of a user and when it ends."""
        return self._grant(
            "ghu", Caller(kind="user", user=user, permissions=PERMISSIONS), USER_HOURS
        )

    def revoke(self, token: str) -> None:
        """Let a token hold no longer."""
        self._tokens.pop(token, None)

    def revoke_user(self, user: Payload) -> None:
        """Let no token of a user hold any longer."""
        for token, granted in list(self._tokens.items()):
            if granted.caller.is_user and granted.caller.user["id"] == user["id"]:
                del self._tokens[token]

    def _grant(self, prefix: str, caller: Caller, hours: float) -> tuple[str, float]:
        token = f"{prefix}_{secrets.token_hex(20)}"
        expires_at = self.now() + hours * _HOUR
        self._tokens[token] = Granted(caller, expires_at)
        return token, expires_at
