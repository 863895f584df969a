"""What went wrong, said in one sentence to whoever runs a command."""

import errno
import re
import socket

from alembic.util import CommandError
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from sqlalchemy.exc import SQLAlchemyError

from events.errors import OrchestratorError

FORESEEN = (
    OrchestratorError,
    ValidationError,
    CommandError,
    UnicodeDecodeError,
    OSError,
    SQLAlchemyError,
)

_NO_ADDRESS = ("string_pattern_mismatch", "no_address")
_HINDERED = ("unable to open database file", "attempt to write a readonly database")
_ABSENT = (ConnectionError, TimeoutError, socket.gaierror)
_UNREACHABLE = (errno.EHOSTUNREACH, errno.ENETUNREACH, None)  # None: several addresses failed


def sentence(error: Exception) -> str:
    """Say in one sentence what a foreseen error means; never a secret."""
    match error:
        case ValidationError():
            return "; ".join(f"{name}: {why}" for name, why in unfit_settings(error).items())
        case OSError():
            return _system_sentence(error)
        case UnicodeDecodeError():  # the one text that is decoded strictly
            where = f"{error.reason} at byte {error.start}"
            return f".env is not UTF-8 text: {where}; save it as UTF-8"
        case SQLAlchemyError():
            return f"the database refused: {_first_line(error)}{_advice(error)}"
        case _:
            return str(error)


def unfit_settings(error: ValidationError) -> dict[str, str]:
    """Name the settings that do not fit and why, never their values."""
    found = error.errors(include_url=False, include_input=False)
    return {f"ORCHESTRATOR_{str(each['loc'][0]).upper()}": _why(each) for each in found}


def _why(found: ErrorDetails) -> str:
    """Say what would fit; the only texts with a pattern are addresses."""
    if found["type"] not in _NO_ADDRESS:
        return found["msg"]
    if found["loc"] == ("public_url",):
        return "write an address as in https://HOST, without a path"
    return "write an address as in https://HOST or https://HOST/PATH"


def _system_sentence(error: OSError) -> str:
    """Tell an absent database from a file's trouble: asyncpg lets the socket's error through.

    Nothing else that a command does over a network lets its own errors through.
    """
    if error.filename is None and (isinstance(error, _ABSENT) or error.errno in _UNREACHABLE):
        reason = without_number(error) or type(error).__name__
        return f"the database does not answer: {reason[:300]}"
    return without_number(error)


def without_number(error: Exception) -> str:
    """Return an error's words without the number that the system gives to its kind."""
    return re.sub(r"\[Errno -?[0-9]+\] ", "", str(error))


def _advice(error: SQLAlchemyError) -> str:
    """Say what to do where SQLite names neither its file nor what hinders it."""
    if not any(words in str(error) for words in _HINDERED):
        return ""
    return (
        "; see that ORCHESTRATOR_DATABASE_URL names a file, and that it and its folder may be "
        "written to"
    )


def _first_line(error: SQLAlchemyError) -> str:
    cause = getattr(error, "orig", None) or error
    lines = str(cause).splitlines() or [type(cause).__name__]
    return lines[0][:300]
