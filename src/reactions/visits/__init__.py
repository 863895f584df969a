"""Looking at repositories on GitHub now and then: which are to be looked at, and when."""

from reactions.visits.following import Due, Following, Gone, Hurried, Notice, connections
from reactions.visits.rounds import NotNow, Place, Rounds, Services, Visited
from reactions.visits.table import Visit

__all__ = [
    "Due",
    "Following",
    "Gone",
    "Hurried",
    "NotNow",
    "Notice",
    "Place",
    "Rounds",
    "Services",
    "Visit",
    "Visited",
    "connections",
]
