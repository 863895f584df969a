"""What should be done next: decisions compared with what was asked for, and waits that run."""

from aggregates.decisions.consider import Outlook, consider, decide, timers
from aggregates.decisions.intention import Decision, Timer
from aggregates.decisions.recording import requested, timed_out

__all__ = [
    "Decision",
    "Outlook",
    "Timer",
    "consider",
    "decide",
    "requested",
    "timed_out",
    "timers",
]
