"""A program signs in by its person's browser: a code there, once, for an API token here.

The program draws a verifier and shows its hash (PKCE, RFC 7636), the browser brings back a code to
the program's own machine. Whoever reads that code elsewhere has no verifier to it.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, RowMapping, delete, insert
from sqlmodel import Field, SQLModel

from events.errors import OrchestratorError
from events.store import Store
from events.table import BIG_INTEGER, table_of
from people.api_tokens import ApiToken
from people.issuing import Issuing, Maker, Wanted
from people.roles import Role
from people.secrets import LONGEST, hashed, new_secret
from people.sign_ins import challenge_of

LASTS = timedelta(minutes=2)  # from the browser to the program
TOKEN_LASTS = timedelta(days=30)


class ProgramCodeRow(SQLModel, table=True):
    """A code that a browser takes to a program, with whose consent and for which program."""

    __tablename__ = "program_codes"

    code_hash: str = Field(primary_key=True)
    challenge: str
    user_id: int | None = Field(sa_type=BIG_INTEGER)
    login: str
    made_with: str | None
    name: str
    most: int
    ends_at: datetime = Field(index=True)


_codes = table_of(ProgramCodeRow)


class CodeRefused(OrchestratorError):
    """A code is none, was spent, is over, or is another program's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """Lets programs sign in."""

    store: Store
    issuing: Issuing
    clock: Callable[[], datetime]

    async def agree(self, maker: Maker, most: Role, name: str, challenge: str) -> str:
        """Return the code for a program that somebody lets act as them."""
        code, ends_at = new_secret(), self.clock() + LASTS
        values = {
            "code_hash": hashed(code),
            "challenge": challenge,
            "user_id": maker.user_id,
            "login": maker.login,
            "made_with": maker.made_with,
            "name": name,
            "most": int(most),
            "ends_at": ends_at,
        }
        await self.store.write(lambda c: c.execute(insert(_codes).values(values)).rowcount)
        return code

    async def exchange(self, code: str, verifier: str) -> tuple[str, ApiToken]:
        """Return the token's secret and the token for a code; raises CodeRefused, TooManyTokens.

        A code that came with another verifier is spent as well: somebody else has seen it.
        """
        row = None
        if len(code) <= LONGEST:
            row = await self.store.write(lambda connection: _spent(connection, code, self.clock()))
        told = challenge_of(verifier[:LONGEST])
        if row is None or not hmac.compare_digest(row["challenge"], told):
            raise CodeRefused("this code is over, or another program's; run login again")
        maker = Maker(user_id=row["user_id"], login=row["login"], made_with=row["made_with"])
        wanted = Wanted(name=row["name"], most=Role(row["most"]), only=None, lasts=TOKEN_LASTS)
        return await self.issuing.make(maker, wanted)


def _spent(connection: Connection, code: str, now: datetime) -> RowMapping | None:
    """Take a code, once; those that are over go with it."""
    this = _codes.c.code_hash == hashed(code)
    row = connection.execute(delete(_codes).where(this).returning(_codes)).mappings().first()
    connection.execute(delete(_codes).where(_codes.c.ends_at <= now))
    return row if row is not None and row["ends_at"] > now else None
