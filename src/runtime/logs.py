"""Structured logs: JSON lines, or something to read on a terminal."""

import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import orjson
import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from events.store import is_outage, named
from runtime.lines import Bounded, LineWriter
from runtime.redaction import Redactor

# Nothing is logged from these names, whoever passes them.
_SECRET = ("authorization", "password", "payload", "secret", "signature", "token")


# Every line of the process, ours and the libraries', in the order in which they come.
lines = LineWriter(lambda: sys.stderr)
lines.screen = _redactor = Redactor()


def configure_logs(level: str, style: str, secrets: Iterable[str] = ()) -> None:
    """Send our own and the libraries' log lines to standard error, in one format.

    ``style`` is ``json``, ``console`` or ``auto`` (console on a terminal). ``secrets`` are hidden
    wherever in a line they are, as is whatever looks like one. Logging raises nothing and waits for
    nothing, whatever is logged and whatever becomes of standard error.
    """
    hide(secrets)
    console = style == "console" or (style == "auto" and _is_terminal())
    number = logging.getLevelNamesMapping()[level.upper()]
    processors = [*_shared(), *_rendering(console=console)]
    lines.told = lambda lost, why: _told(processors, lost, why)
    _request_lines.configure(_rendering(console=console), told=number <= logging.INFO)
    structlog.configure(
        processors=processors,
        wrapper_class=_unfailing(number),
        logger_factory=_ToLines,
        cache_logger_on_first_use=True,
    )
    _take_over_standard_logging(number, console=console)


def hide(secrets: Iterable[str]) -> None:
    """Have secrets hidden in every line from now on, as those that come with an App's making."""
    _redactor.know(secrets)


def tell_request(entry: dict[str, object], request_id: str) -> None:
    """Write the line of a request that was served, as structlog would write it."""
    _request_lines.tell(entry, request_id)


class _RequestLines:
    """One line a request: the way through structlog took a tenth of what a delivery may."""

    def __init__(self) -> None:
        self._rendering: Sequence[Processor] | None = None
        self._told = True
        self._stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)

    def configure(self, rendering: Sequence[Processor], *, told: bool) -> None:
        self._rendering = rendering
        self._told = told

    def tell(self, entry: dict[str, object], request_id: str) -> None:
        if self._rendering is None:  # nobody configured logs, as in a test
            structlog.get_logger("api").info("request", **entry)
        elif self._told:
            given = {"event": "request", "request_id": request_id, "level": "info"}
            line = _rendered(self._rendering, self._stamp(None, "info", entry | given))
            lines.put(Bounded(line) if "duplicate" in entry else line)  # a delivery's, when stored


_request_lines = _RequestLines()


def _rendered(rendering: Sequence[Processor], entry: Any) -> bytes:  # noqa: ANN401 (from one processor to the next)
    """Return a line with its end; of what cannot be rendered without what came with it."""
    event = entry["event"]
    try:
        for process in rendering:
            entry = process(None, "info", entry)
        line = entry if isinstance(entry, bytes) else _encoded(entry)
    except Exception as error:  # noqa: BLE001 (whoever logs has something else to do)
        line = orjson.dumps({"event": event, "level": "info", "unsaid": type(error).__name__})
    return line + b"\n"


@contextmanager
def all_written() -> Iterator[None]:
    """See that what was logged by the end of the block is written, if standard error takes it.

    A process beside others ends by its signal, once it has served: no exit handler is called.
    """
    try:
        yield
    finally:
        lines.drain()


def say(text: str) -> None:
    """Say something for people to read, among the lines and with their guarantees."""
    lines.put(_encoded(text) + b"\n")


def because(error: Exception) -> dict[str, object]:
    """Return what a log line says of a fault: a database's outage in a line, all else in full.

    All background work meets an outage at once and again; its traceback tells nothing of it.
    """
    return {"error": named(error)} if is_outage(error) else {"exc_info": error}


def _is_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _unfailing(number: int) -> type[FilteringBoundLogger]:
    """Make the class of loggers; what one cannot render is said without what came with it."""
    base: Any = structlog.make_filtering_bound_logger(number)

    def proxy(self: Any, method_name: str, event: Any = None, **kw: Any) -> None:  # noqa: ANN401 (structlog's)
        try:
            base._proxy_to_logger(self, method_name, event, **kw)  # noqa: SLF001 (its one way out)
        except Exception as error:  # noqa: BLE001 (whoever logs has something else to do)
            entry = {"event": ascii(event), "level": method_name, "unsaid": type(error).__name__}
            lines.put(orjson.dumps(entry) + b"\n")

    return type("UnfailingLogger", (base,), {"_proxy_to_logger": proxy})


class _ToLines:
    """What structlog hands a rendered line to."""

    def __init__(self, *_names: object) -> None:
        pass

    def msg(self, line: str | bytes) -> None:
        lines.put((line if isinstance(line, bytes) else _encoded(line)) + b"\n")

    log = debug = info = warn = warning = error = err = critical = fatal = exception = msg


class _StandardHandler(logging.Handler):
    """What the standard library hands a record to."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = _encoded(self.format(record))
        except Exception as error:  # noqa: BLE001 (as of our own lines)
            entry = {"event": ascii(record.msg), "level": record.levelname.lower()}
            line = orjson.dumps(entry | {"unsaid": type(error).__name__})
        lines.put(line + b"\n")


def _encoded(text: str) -> bytes:
    return text.encode(errors="backslashreplace")


def _told(processors: Sequence[Processor], lost: int, why: str) -> bytes:
    """Return the line that says how many were lost."""
    entry: Any = {"event": "log lines were lost", "lost": lost, "why": why}
    for process in processors:
        entry = process(None, "warning", entry)
    return (entry if isinstance(entry, bytes) else _encoded(entry)) + b"\n"


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
        if _is_secret(name):
            entry[name] = "[hidden]"
    return entry


@lru_cache(maxsize=1024)  # names are few and ours
def _is_secret(name: str) -> bool:
    return any(secret in name.lower() for secret in _SECRET)


def _take_over_standard_logging(number: int, *, console: bool) -> None:
    handler = _StandardHandler()
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
