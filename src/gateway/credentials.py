"""As whom GitHub is asked, and what we prove it with; none of that shows in a repr or an error."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal, TypeAlias

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from events.errors import OrchestratorError
from reactions.ports.answers import Repository

_DRIFT = timedelta(seconds=60)  # our clock may be ahead of GitHub's
_LIFE = timedelta(minutes=8)  # GitHub takes ten at most, by its own clock


@dataclass(frozen=True, slots=True)
class AsApp:
    """As the App itself, for what concerns no repository."""

    holder: Literal["app"] = "app"
    installation_id: None = None
    user_id: None = None


@dataclass(frozen=True, slots=True)
class AsInstallation:
    """As the App in one installation."""

    installation_id: int
    holder: Literal["installation"] = "installation"
    user_id: None = None


@dataclass(frozen=True, slots=True)
class AsUser:
    """As an acting user, for what GitHub lets only people do.

    Without ``user_id`` and ``token`` as the one of the settings, else as somebody who lent it.
    """

    user_id: int | None = None
    token: str | None = field(default=None, repr=False)
    holder: Literal["user"] = "user"
    installation_id: None = None


OF_THE_SETTINGS = AsUser()

# It decides the token, the permissions and the budget.
Credential: TypeAlias = AsApp | AsInstallation | AsUser


def as_app_in(repo: Repository) -> AsInstallation:
    """Return the App as it is installed on a repository."""
    return AsInstallation(repo.installation_id)


class CredentialUnusable(OrchestratorError):
    """A configured key or token cannot be what it should be; never says what it is."""


@dataclass(frozen=True, slots=True)
class AppKey:
    """The App's id (or client id) and its private key."""

    issuer: str
    key: RSAPrivateKey = field(repr=False)

    def json_web_token(self, now: datetime) -> str:
        """Sign a token that proves to be the App for eight minutes."""
        claims = {"iss": self.issuer, "iat": now - _DRIFT, "exp": now + _LIFE}
        return jwt.encode(claims, self.key, algorithm="RS256")


@dataclass(frozen=True, slots=True)
class Access:
    """Where GitHub is and as whom we may ask; without an App or a user, those calls fail.

    ``api_url`` is ``https://api.github.com``, or ``https://HOST/api/v3`` of an Enterprise Server.
    """

    api_url: str
    app: AppKey | None
    user_token: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse a token that no header can carry, before a library quotes it in its error."""
        token = self.user_token
        if token is not None and not (token.isascii() and token.isprintable() and " " not in token):
            raise CredentialUnusable(
                "the acting user's token has characters that no token has; copy it once more"
            )


def app_key(issuer: str, pem: str) -> AppKey:
    """Read an App's private key; raises CredentialUnusable when it is no RSA key in PEM form."""
    key = _private_key(pem)
    if not isinstance(key, RSAPrivateKey):
        raise CredentialUnusable(
            "the App's private key is no RSA private key in PEM form without a passphrase; "
            "download it from the App's settings page"
        )
    return AppKey(issuer, key)


@lru_cache(maxsize=2)  # to check it takes 70 ms, and a doctor reads it again and again
def _private_key(pem: str) -> object:
    try:
        return load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):  # no PEM; one with a passphrase
        return None
