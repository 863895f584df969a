"""Structured logs: JSON lines, or something to read on a terminal."""

import logging
import sys

import orjson
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from events.store import is_outage, named

# Nothing is logged from these names, whoever passes them.
_SECRET = ("authorization", "password", "payload", "secret", "signature", "token")


def configure_logs(level: str, style: str) -> None:
    """Send our own and the libraries' log lines to standard error, in one format.

    ``style`` is ``json``, ``console`` or ``auto`` (console on a terminal).
    """
    console = style == "console" or (style == "auto" and sys.stderr.isatty())
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*_shared(), *_rendering(console=console)],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer)
        if not console
        else structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    _take_over_standard_logging(number, console=console)


def because(error: Exception) -> dict[str, object]:
    """Return what a log line says of a fault: a database's outage in a line, all else in full.

    All background work meets an outage at once and again; its traceback tells nothing of it.
    """
    return {"error": named(error)} if is_outage(error) else {"exc_info": error}


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _hide_secrets,
    ]


def _rendering(*, console: bool) -> list[Processor]:
    if console:
        return [_console()]
    return [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(serializer=orjson.dumps, default=str),
    ]


def _console() -> structlog.dev.ConsoleRenderer:
    """Make a renderer for terminals; richer tracebacks would show secrets in local variables."""
    return structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)


def _hide_secrets(_logger: WrappedLogger, _method: str, entry: EventDict) -> EventDict:
    for name in entry:
        if any(secret in name.lower() for secret in _SECRET):
            entry[name] = "[hidden]"
    return entry


def _take_over_standard_logging(number: int, *, console: bool) -> None:
    handler = logging.StreamHandler(sys.stderr)
    rendering = (
        _console()
        if console
        else structlog.processors.JSONRenderer(serializer=_dumps_text, default=str)
    )
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_shared(), structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                rendering,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=max(number, logging.WARNING), force=True)


def _dumps_text(entry: EventDict, **_options: object) -> str:
    return orjson.dumps(entry, default=str).decode()
