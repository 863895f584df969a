"""What should be done next: decisions compared with what was asked for, and waits that run."""

from aggregates.decisions.intention import Decision, Timer
from aggregates.decisions.recording import requested, timed_out
from aggregates.decisions.relevance import Passed, Relevance, Waits, Wanted, relevance
from aggregates.decisions.survey import (
    Look,
    Outlook,
    Survey,
    consider,
    decide,
    outlook,
    resurveyed,
    surveyed,
    timers,
)

__all__ = [
    "Decision",
    "Look",
    "Outlook",
    "Passed",
    "Relevance",
    "Survey",
    "Timer",
    "Waits",
    "Wanted",
    "consider",
    "decide",
    "outlook",
    "relevance",
    "requested",
    "resurveyed",
    "surveyed",
    "timed_out",
    "timers",
]
