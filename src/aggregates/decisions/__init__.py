"""What should be done next: decisions compared with what was asked for, and waits that run."""

from aggregates.decisions.consider import Outlook, consider, decide, timers
from aggregates.decisions.intention import Decision, Timer
from aggregates.decisions.recording import requested, timed_out
from aggregates.decisions.relevance import Passed, Standing, Waits, Wanted, standing

__all__ = [
    "Decision",
    "Outlook",
    "Passed",
    "Standing",
    "Timer",
    "Waits",
    "Wanted",
    "consider",
    "decide",
    "requested",
    "standing",
    "timed_out",
    "timers",
]
