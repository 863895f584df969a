"""What a check found, how bad it is, and what to do."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

State: TypeAlias = Literal["ok", "warning", "problem", "skipped"]

_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of what a check found; ``about`` names one of several things it looked at.

    ``advice`` is one line of what to do, empty only where the state is ok. Neither holds a
    control character, whatever a server's answer did.
    """

    check: str
    state: State
    found: str
    advice: str = ""
    about: str = ""


def ok(check: str, found: str, about: str = "") -> Finding:
    """Return that something is as it should be."""
    return Finding(check, "ok", _line(found), "", _line(about))


def warning(check: str, found: str, advice: str, about: str = "") -> Finding:
    """Return that the service works, though not all of it or not as safely as it could."""
    return Finding(check, "warning", _line(found), _line(advice), _line(about))


def problem(check: str, found: str, advice: str, about: str = "") -> Finding:
    """Return that something must be mended before the service does its work."""
    return Finding(check, "problem", _line(found), _line(advice), _line(about))


def skipped(check: str, found: str, advice: str, about: str = "") -> Finding:
    """Return that something was not looked at, and why not."""
    return Finding(check, "skipped", _line(found), _line(advice), _line(about))


def _line(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    line = " ".join(shown.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
