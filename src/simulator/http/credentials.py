"""How callers prove who they are: the App by a JWT, its installation and users by tokens."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from simulator.http.caller import PERMISSIONS, Caller, nobody, the_app_itself
from simulator.payloads import APP_ID, INSTALLATION_ID, Payload
from simulator.state.accounts import APP_BOT, CLIENT_ID
from simulator.state.refusals import Unauthenticated

INSTALLATION_HOURS = 1
USER_HOURS = 8

_BITS = 2048
_HOUR = 3600.0
_LONGEST = 600  # seconds from now to ``exp``
_SKEW = 60  # seconds that a caller's clock may be ahead


@dataclass(frozen=True, slots=True)
class AppKey:
    """A key pair as PEM text; the private half in the form that GitHub hands out."""

    private_pem: str
    public_pem: str


@cache
def an_app_key() -> AppKey:
    """Generate a key pair, once for all simulators of a process: it takes a tenth of a second."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return AppKey(private.decode(), public.decode())


@dataclass(frozen=True, slots=True)
class Granted:
    """A token's caller and when it ends, in seconds of our clock."""

    caller: Caller
    expires_at: float


class Credentials:
    """Who calls, by the header that they send; ``now`` is our clock, as tokens are kept by it.

    ``permissions`` are what the App was given: tokens have no more, whoever they are of.
    """

    def __init__(self, key: AppKey, now: Callable[[], float]) -> None:
        self.key = key
        self.now = now
        self.permissions: dict[str, str] = dict(PERMISSIONS)
        self._tokens: dict[str, Granted] = {}

    def caller(self, authorization: str | None) -> Caller:
        """Return who calls, or raise Unauthenticated for credentials that do not hold."""
        if not authorization:
            return nobody()
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() not in ("bearer", "token"):
            raise Unauthenticated
        if scheme.lower() == "bearer" and token.startswith("eyJ"):
            _check_app_jwt(token, self.key.public_pem, self.now())
            return the_app_itself()
        granted = self._tokens.get(token)
        if granted is None or granted.expires_at <= self.now():
            raise Unauthenticated
        return granted.caller

    def grant_installation(
        self,
        permissions: Mapping[str, str] | None = None,
        repositories: frozenset[int] | None = None,
        installation_id: int = INSTALLATION_ID,
    ) -> tuple[str, float]:
        """Return a token of an installation and when it ends."""
        caller = Caller(
            kind="installation",
            user=APP_BOT,
            permissions=self.permissions if permissions is None else permissions,
            repositories=repositories,
            installation_id=installation_id,
        )
        return self._grant("ghs", caller, INSTALLATION_HOURS)

    def grant_user(self, user: Payload) -> tuple[str, float]:
        """Return a token of a user and when it ends."""
        return self._grant(
            "ghu", Caller(kind="user", user=user, permissions=self.permissions), USER_HOURS
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


def _check_app_jwt(token: str, public_pem: str, now: float) -> None:
    """Raise Unauthenticated unless the App signed a token that holds now, in our time."""
    try:
        claims = jwt.decode(
            token,
            public_pem,
            algorithms=["RS256"],
            options={"verify_exp": False, "verify_iat": False, "verify_iss": False},
        )
    except jwt.InvalidTokenError:
        raise Unauthenticated("A JSON web token could not be decoded") from None
    if str(claims.get("iss")) not in (str(APP_ID), CLIENT_ID):
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
