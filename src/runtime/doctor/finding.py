"""What a check found."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

State: TypeAlias = Literal["ok", "warning", "problem", "skipped"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A check's name, how it is, what was found, and what to do unless all is well."""

    check: str
    state: State
    found: str
    advice: str = ""


def ok(check: str, found: str) -> Finding:
    """Return that all is well."""
    return Finding(check, "ok", found)


def warning(check: str, found: str, advice: str) -> Finding:
    """Return that something works less well than it could."""
    return Finding(check, "warning", found, advice)


def problem(check: str, found: str, advice: str) -> Finding:
    """Return that something does not work."""
    return Finding(check, "problem", found, advice)


def skipped(check: str, found: str, advice: str = "") -> Finding:
    """Return that a check could not be made."""
    return Finding(check, "skipped", found, advice)
