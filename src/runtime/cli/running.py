"""The one place where an error becomes a line on standard error and an exit status."""

import sys
from collections.abc import Callable

import typer

from runtime.cli.on_demand import INTERRUPTED
from runtime.cli.output import fail


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
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:
        # Only now: it loads what speaks to databases, a second before each `--help`.
        from runtime.sentences import FORESEEN, sentence  # noqa: PLC0415 (see above)

        if not isinstance(error, FORESEEN):
            raise
        fail(sentence(error))


def _status_of(returned: object) -> int:
    return returned if isinstance(returned, int) else 0


def _refuse_call(error: typer.TyperException) -> None:
    """Say what was wrong with a call; called with nothing, the help is shown already."""
    told = error.format_message().replace(": Value error, ", ": ")  # pydantic's own words
    if not told:
        sys.exit(error.exit_code)
    fail(told, error.exit_code)
