"""Looking at repositories on GitHub now and then: which are to be looked at, and when."""

from reactions.visits.following import Following
from reactions.visits.notices import Gone, Hurried, Notice, Wanted, connections
from reactions.visits.rounds import NotNow, Place, Rounds, Visited
from reactions.visits.services import Services
from reactions.visits.table import Visit

__all__ = [
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
    "Wanted",
    "connections",
]
