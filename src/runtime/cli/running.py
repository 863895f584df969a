"""The one place where an error becomes a line on standard error and an exit status."""

import sys
from collections.abc import Callable

from alembic.util import CommandError
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from events.errors import OrchestratorError
from runtime.cli.output import fail

_INTERRUPTED = 130  # as a shell counts Ctrl-C


def run(command: Callable[[], object]) -> None:
    """Run a command; what goes wrong is one clear line and exit status 1."""
    try:
        command()
    except ValidationError as error:
        fail(_settings_sentence(error))
    except (OrchestratorError, OSError, CommandError, UnicodeDecodeError) as error:
        fail(str(error))
    except SQLAlchemyError as error:
        fail(f"the database refused: {_first_line(error)}")
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


def _settings_sentence(error: ValidationError) -> str:
    """Name the settings that do not fit, never their values."""
    wrong = (f"ORCHESTRATOR_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
    return "; ".join(wrong)


def _first_line(error: SQLAlchemyError) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).splitlines()[0][:300]
