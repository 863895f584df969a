"""What a check finds, and what it has to read first or could not."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from reactions.ports.failures import GitHubFailure
from runtime.sentences import FORESEEN, sentence

State: TypeAlias = Literal["ok", "warning", "problem", "skipped"]
T = TypeVar("T")

REPORT = "this was not foreseen: please report it with what you did"

_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Way:
    """Where an advice is followed: one of a page at GitHub, a path of this server, a command."""

    html_url: str = ""
    path: str = ""
    command: str = ""


NO_WAY = Way()


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of what a check found; ``about`` names one of several things it looked at.

    ``advice`` is one line of what to do, empty only where the state is ok, and ``way`` where that
    is done, if there is one place. None holds a control character, whatever a server's answer did.
    """

    check: str
    state: State
    found: str
    advice: str = ""
    about: str = ""
    way: Way = NO_WAY


def ok(check: str, found: str, about: str = "") -> Finding:
    """Return that something is as it should be."""
    return Finding(check, "ok", _line(found), "", _line(about))


def warning(check: str, found: str, advice: str, about: str = "", way: Way = NO_WAY) -> Finding:
    """Return that the service works, though not all of it or not as safely as it could."""
    return Finding(check, "warning", _line(found), _line(advice), _line(about), way)


def problem(check: str, found: str, advice: str, about: str = "", way: Way = NO_WAY) -> Finding:
    """Return that something must be mended before the service does its work."""
    return Finding(check, "problem", _line(found), _line(advice), _line(about), way)


def skipped(check: str, found: str, advice: str, about: str = "") -> Finding:
    """Return that something was not looked at, and why not."""
    return Finding(check, "skipped", _line(found), _line(advice), _line(about))


def at(html_url: str) -> Way:
    """Return that something is done at a page of GitHub's, where its address is known."""
    return Way(html_url=_line(html_url)) if html_url else NO_WAY


@dataclass(frozen=True, slots=True)
class Unread:
    """Why something could not be read, and what to do if that is known; GitHub's own failure."""

    why: str
    advice: str = ""
    failure: GitHubFailure | None = None


@dataclass(frozen=True, slots=True)
class Unasked:
    """Why something was not even asked for, and what to do so that it is."""

    why: str
    advice: str


Reading: TypeAlias = T | Unread | Unasked


async def attempt(reading: Awaitable[T], seconds: float) -> T | Unread:
    """Return what is read, or why it could not be within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            return await reading
    except TimeoutError:
        return Unread(f"no answer within {seconds:g} seconds")
    except GitHubFailure as failure:
        return Unread(str(failure), failure=failure)
    except FORESEEN as error:
        return unread_of(error)
    except Exception as error:  # noqa: BLE001 (whatever it is, the other checks go on)
        return Unread(f"it failed with {type(error).__name__}", REPORT)


def unread_of(error: Exception) -> Unread:
    """Return an error of ours, whose sentence says what is wrong and then what to do."""
    why, _, advice = sentence(error).partition("; ")
    return Unread(why, advice)


def not_read(check: str, reading: Unread | Unasked, advice: str, about: str = "") -> Finding:
    """Return that what a check needs was not read; ``advice`` is for where nothing better is."""
    if isinstance(reading, Unasked):
        return skipped(check, reading.why, reading.advice, about)
    return problem(check, reading.why, reading.advice or advice, about)


def _line(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    line = " ".join(shown.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
