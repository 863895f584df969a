"""How callers prove who they are: the App by a JWT or its secret, others by tokens."""

import base64
import binascii
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hmac import compare_digest

import jwt

from simulator.http.caller import Caller, without_token
from simulator.payloads import INSTALLATION_ID, Payload
from simulator.state.app import App
from simulator.state.refusals import Unauthenticated

INSTALLATION_SECONDS = 3600.0
USER_SECONDS = 8 * 3600.0

_LONGEST = 600  # seconds from now to ``exp``
_SKEW = 60  # seconds that a caller's clock may be ahead


@dataclass(frozen=True, slots=True)
class Granted:
    """A token's caller and when it ends, in seconds of our clock."""

    caller: Caller
    expires_at: float


class Credentials:
    """Who calls, by the header that they send; ``now`` is our clock, as tokens are kept by it.

    Tokens have no more than what the App was given, whoever they are of.
    """

    def __init__(self, app: App, now: Callable[[], float]) -> None:
        self.app = app
        self.now = now
        self._tokens: dict[str, Granted] = {}

    def caller(self, authorization: str | None) -> Caller:
        """Return who calls, or raise Unauthenticated for credentials that do not hold."""
        if not authorization:
            return without_token("anonymous", self.app)
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() == "basic":
            return self._client(token)
        if scheme.lower() not in ("bearer", "token"):
            raise Unauthenticated
        if scheme.lower() == "bearer" and token.startswith("eyJ"):
            _check_app_jwt(token, self.app, self.now())
            return without_token("app", self.app)
        granted = self._tokens.get(token)
        if granted is None or granted.expires_at <= self.now():
            raise Unauthenticated
        return granted.caller

    def is_client(self, client_id: str, client_secret: str) -> bool:
        """Whether these are the App's id as a client and its secret."""
        told, right = (client_id, client_secret), (self.app.client_id, self.app.client_secret)
        return compare_digest("\n".join(told).encode(), "\n".join(right).encode())

    def grant_installation(
        self,
        permissions: Mapping[str, str] | None = None,
        repositories: frozenset[int] | None = None,
        installation_id: int = INSTALLATION_ID,
    ) -> tuple[str, float]:
        """Return a token of an installation and when it ends."""
        caller = Caller(
            kind="installation",
            app=self.app,
            user=self.app.bot,
            permissions=self.app.permissions if permissions is None else permissions,
            repositories=repositories,
            installation_id=installation_id,
        )
        return self._grant("ghs", caller, INSTALLATION_SECONDS)

    def grant_user(self, user: Payload, seconds: float = USER_SECONDS) -> tuple[str, float]:
        """Return a token of a user and when it ends."""
        caller = Caller(kind="user", app=self.app, user=user, permissions=self.app.permissions)
        return self._grant("ghu", caller, seconds)

    def user_of(self, token: str) -> Payload | None:
        """Return whose a user's token is, None of any other or of one that ended."""
        granted = self._tokens.get(token)
        if granted is None or granted.expires_at <= self.now() or not granted.caller.is_user:
            return None
        return granted.caller.user

    def revoke(self, token: str) -> None:
        """Let a token hold no longer."""
        self._tokens.pop(token, None)

    def revoke_user(self, user: Payload) -> None:
        """Let no token of a user hold any longer."""
        for token, granted in list(self._tokens.items()):
            if granted.caller.is_user and granted.caller.user["id"] == user["id"]:
                del self._tokens[token]

    def revoke_all(self) -> None:
        """Let no token hold any longer."""
        self._tokens.clear()

    def _client(self, encoded: str) -> Caller:
        try:
            told = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise Unauthenticated from None
        client_id, _, client_secret = told.partition(":")
        if not self.is_client(client_id, client_secret):
            raise Unauthenticated
        return without_token("client", self.app)

    def _grant(self, prefix: str, caller: Caller, seconds: float) -> tuple[str, float]:
        token = f"{prefix}_{secrets.token_hex(20)}"
        expires_at = self.now() + seconds
        self._tokens[token] = Granted(caller, expires_at)
        return token, expires_at


def _check_app_jwt(token: str, app: App, now: float) -> None:
    """Raise Unauthenticated unless the App signed a token that holds now, in our time."""
    try:
        claims = jwt.decode(
            token,
            app.key.public_pem,
            algorithms=["RS256"],
            options={"verify_exp": False, "verify_iat": False, "verify_iss": False},
        )
    except jwt.InvalidTokenError:
        raise Unauthenticated("A JSON web token could not be decoded") from None
    if str(claims.get("iss")) not in (str(app.id), app.client_id):
        raise Unauthenticated("Integration not found")
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int) or issued > now + _SKEW:
        raise Unauthenticated(
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion "
            "was issued"
        )
    if not isinstance(expires, int) or expires <= now:
        raise Unauthenticated(
            "'Expiration time' claim ('exp') must be a numeric value representing the future time "
            "at which the assertion expires"
        )
    if expires > now + _LONGEST:
        raise Unauthenticated("'Expiration time' claim ('exp') is too far in the future")
