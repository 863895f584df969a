"""Sign-ins under way: begun here, continued at GitHub, ended here once, by the same browser."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from sqlalchemy import Connection, delete, func, insert, select
from sqlmodel import Field, SQLModel

from events.errors import OrchestratorError
from events.table import table_of
from people.secrets import hashed, new_secret
from people.vault import NotOpened, Vault

LASTS = timedelta(minutes=10)  # as long as GitHub's codes hold
MOST = 10_000  # under way at once
MOST_OF_STRANGERS = 8_000  # of these; the others are kept for whoever is known when they begin

Purpose: TypeAlias = Literal["sign_in", "consent", "setup", "program"]
_OF_STRANGERS = ("sign_in", "program")


class SignInRow(SQLModel, table=True):
    """A sign-in that was begun."""

    __tablename__ = "sign_ins"

    state_hash: str = Field(primary_key=True)
    browser_hash: str
    purpose: str
    verifier: bytes = Field(description="PKCE's, sealed")
    target: str
    ends_at: datetime = Field(index=True)


_sign_ins = table_of(SignInRow)


class TooManySignIns(OrchestratorError):
    """More people than we keep in mind are on their way to GitHub."""


class SignInUnknown(OrchestratorError):
    """What comes back was not begun here, or by another browser, or is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What a browser takes along: the state and PKCE's challenge to GitHub, the cookie for us."""

    state: str = field(repr=False)
    browser: str = field(repr=False)
    challenge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A sign-in that came back; ``target`` is where the browser goes on, or what it was for."""

    purpose: Purpose
    target: str
    verifier: str = field(repr=False)


def begin(
    connection: Connection, vault: Vault, purpose: Purpose, target: str, now: datetime
) -> Begun:
    """Begin a sign-in; raises TooManySignIns, VaultMissing."""
    connection.execute(delete(_sign_ins).where(_sign_ins.c.ends_at <= now))
    most = MOST_OF_STRANGERS if purpose in _OF_STRANGERS else MOST
    if (connection.scalar(select(func.count()).select_from(_sign_ins)) or 0) >= most:
        raise TooManySignIns("too many sign-ins are under way; try again in some minutes")
    state, browser, verifier = new_secret(), new_secret(), new_secret()
    connection.execute(
        insert(_sign_ins).values(
            state_hash=hashed(state),
            browser_hash=hashed(browser),
            purpose=purpose,
            verifier=vault.seal(verifier.encode(), _place(state)),
            target=target,
            ends_at=now + LASTS,
        )
    )
    return Begun(state=state, browser=browser, challenge=challenge_of(verifier))


def spend(connection: Connection, vault: Vault, state: str, browser: str, now: datetime) -> SignIn:
    """Take a sign-in that came back, once; raises SignInUnknown."""
    this = _sign_ins.c.state_hash == hashed(state)
    row = connection.execute(delete(_sign_ins).where(this).returning(_sign_ins)).mappings().first()
    if row is None or row["ends_at"] <= now:
        raise SignInUnknown("this sign-in is over, or was not begun here; begin again")
    if row["browser_hash"] != hashed(browser):
        raise SignInUnknown("this sign-in was begun by another browser; begin again")
    try:
        verifier = vault.open(row["verifier"], _place(state)).decode()
    except NotOpened as error:
        raise SignInUnknown("this server's key changed meanwhile; begin again") from error
    return SignIn(purpose=row["purpose"], target=row["target"], verifier=verifier)


def _place(state: str) -> str:
    return f"sign_ins:{hashed(state)}"


def challenge_of(verifier: str) -> str:
    """Return PKCE's challenge (RFC 7636, S256)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
