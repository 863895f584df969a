"""The one place where an error becomes a line on standard error and an exit status."""

import errno
import re
import socket
import sys
from collections.abc import Callable

import typer
from alembic.util import CommandError
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from events.errors import OrchestratorError
from runtime.cli.output import fail

_INTERRUPTED = 130  # as a shell counts Ctrl-C
_ABSENT = (ConnectionError, TimeoutError, socket.gaierror)
_UNREACHABLE = (errno.EHOSTUNREACH, errno.ENETUNREACH, None)  # None: several addresses failed


def run(command: Callable[[], object]) -> None:
    """Run a command and exit; what goes wrong is one clear line.

    The status is 1, or 2 where the command was called wrongly. What the command returns is taken
    for its status if it is a number, as typer returns it outside its standalone mode.
    """
    try:
        sys.exit(_status_of(command()))
    except typer.TyperException as error:
        _refuse_call(error)
    except typer.Abort:
        fail("aborted")
    except ValidationError as error:
        fail(_settings_sentence(error))
    except (OrchestratorError, CommandError, UnicodeDecodeError) as error:
        fail(str(error))
    except OSError as error:
        fail(_system_sentence(error))
    except SQLAlchemyError as error:
        fail(f"the database refused: {_first_line(error)}")
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


def _status_of(returned: object) -> int:
    return returned if isinstance(returned, int) else 0


def _refuse_call(error: typer.TyperException) -> None:
    """Say what was wrong with a call; called with nothing, the help is shown already."""
    sentence = error.format_message()
    if not sentence:
        sys.exit(error.exit_code)
    fail(sentence, error.exit_code)


def _settings_sentence(error: ValidationError) -> str:
    """Name the settings that do not fit, never their values."""
    wrong = (f"ORCHESTRATOR_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
    return "; ".join(wrong)


def _system_sentence(error: OSError) -> str:
    """Tell an absent database from a file's trouble: asyncpg lets the socket's error through.

    Nothing else that a command does over a network lets its own errors through.
    """
    if error.filename is None and (isinstance(error, _ABSENT) or error.errno in _UNREACHABLE):
        reason = re.sub(r"\[Errno -?[0-9]+\] ", "", str(error)) or type(error).__name__
        return f"the database does not answer: {reason[:300]}"
    return str(error)


def _first_line(error: SQLAlchemyError) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).splitlines()[0][:300]
