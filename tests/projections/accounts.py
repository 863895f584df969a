"""Accounts of a bank: a projection with everything there is, and an event for each of its ways."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from sqlalchemy import JSON, BigInteger, Boolean, Column, MetaData, String, Table

from projections.engine.projection import EVERY_ROW, Derivation, Key, Projection, ReadEvent, Step

BANK: Key = (99,)  # not the least key: its steps come first all the same
_outside = MetaData()  # migrations compare the service's own with the database


@dataclass(frozen=True, slots=True)
class Bank:
    """What concerns all accounts."""

    shut: bool = False
    audits: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """One account; ``noted`` is the position at which it last heard of the bank."""

    number: int
    balance: int = 0
    noted: int | None = None


Kept: TypeAlias = Bank | Account

_accounts = Table(
    "accounts",
    _outside,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("state", JSON, nullable=False),
)
# One row a step, never written again.
LINES = Table(
    "account_lines",
    _outside,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("balances", JSON, nullable=False),
    Column("was_shut", Boolean),
    Column("is_shut", Boolean, nullable=False),
)
# A row for as long as there is money.
FUNDED = Table(
    "funded_accounts",
    _outside,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("balance", BigInteger, nullable=False),
)
# One row that every step overwrites.
NEWEST = Table(
    "newest_step",
    _outside,
    Column("of", String, primary_key=True),
    Column("number", BigInteger, nullable=False),
)


def _touches(read: ReadEvent) -> set[Key]:
    account: Key = (read.event.repository_id,)
    match read.event.type:
        case "shut" | "opened" | "shaken":
            return {EVERY_ROW}
        case "shut and paid":
            return {EVERY_ROW, account}
        case "audited":
            return {BANK}
        case "audited and paid":
            return {BANK, account}
        case "untouchable":
            raise ValueError("told to")
        case "moved" | "half digested" | "half derived":
            return {account, (account[0] + 1,)}
        case _:
            return {account}


def _evolve(row: Kept | None, key: Key, read: ReadEvent) -> Kept | None:
    if key == BANK:
        return _bank_after(row if isinstance(row, Bank) else Bank(), read)
    account = row if isinstance(row, Account) else Account(key[0])
    match read.event.type:
        case "looked at":
            return row
        case "closed":
            return None
        case "shut and paid" if key[0] != read.event.repository_id:
            return row  # it hears of it by the context alone
        case "half digested" if key[0] != read.event.repository_id:
            raise ValueError("told to")
        case "shut" | "opened" | "shaken":
            return replace(account, noted=read.event.position)
    return replace(account, balance=account.balance + (read.event.subject_number or 0))


def _bank_after(bank: Bank, read: ReadEvent) -> Bank:
    match read.event.type:
        case "shut" | "shut and paid":
            return replace(bank, shut=True)
        case "opened":
            return replace(bank, shut=False)
        case "audited" | "audited and paid":
            return replace(bank, audits=bank.audits + 1)
    return bank


def _derive(step: Step[Kept]) -> Iterator[Derivation]:
    yield _line(step)
    [number] = step.key
    yield Derivation(NEWEST, ("all",), {"number": number})
    if step.key != BANK:
        balance = _balance(step.after)
        yield Derivation(FUNDED, step.key, {"balance": balance} if balance else None)
    match step.read.event.type:
        case "half derived" if number != step.read.event.repository_id:
            raise ValueError("told to")
        case "shaken" if number == 3:
            raise ValueError("told to")
        case "derived elsewhere":
            yield Derivation(_accounts, step.key, {"state": {}})
        case "derived in part":
            yield Derivation(FUNDED, step.key, {})
        case "derived without a key":
            yield Derivation(FUNDED, (), None)


def _line(step: Step[Kept]) -> Derivation:
    refused = step.read.event.type == "refused"
    values = {
        "balances": [_balance(step.before), _balance(step.after)],
        "was_shut": _is_shut(step.context_before),
        "is_shut": None if refused else bool(_is_shut(step.context_after)),
    }
    return Derivation(LINES, (step.read.event.position, *step.key), values)


def _balance(kept: Kept | None) -> int | None:
    return kept.balance if isinstance(kept, Account) else None


def _is_shut(context: Kept | None) -> bool | None:
    return context.shut if isinstance(context, Bank) else None


def pack(kept: Kept) -> dict[str, Any]:
    """What the columns hold of a row."""
    if isinstance(kept, Bank):
        return {"number": BANK[0], "state": [kept.shut, kept.audits]}
    return {"number": kept.number, "state": [kept.balance, kept.noted]}


def unpack(columns: Mapping[str, Any]) -> Kept:
    """The row of which the columns hold this."""
    if columns["number"] == BANK[0]:
        return Bank(*columns["state"])
    return Account(columns["number"], *columns["state"])


ACCOUNTS: Projection[Kept] = Projection(
    name="accounts",
    version=1,
    table=_accounts,
    pack=pack,
    unpack=unpack,
    touches=_touches,
    evolve=_evolve,
    context=BANK,
    derived=(LINES, FUNDED, NEWEST),
    derive=_derive,
)
