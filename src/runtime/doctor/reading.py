"""Reading one thing within a time, so that whatever fails stops nothing else."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from reactions.ports.failures import GitHubFailure
from runtime.doctor.finding import Finding, problem, skipped
from runtime.sentences import FORESEEN, sentence

T = TypeVar("T")

REPORT = "this was not foreseen: please report it with what you did"


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
