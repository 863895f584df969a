"""Looking at what deliveries should have told, and recording what they did not."""

from reactions.resync.news import Observation
from reactions.resync.one_issue import IssueReading
from reactions.resync.resync import Resync
from reactions.resync.settling import Settling, Unsettled, have_settled, unsettled

__all__ = [
    "IssueReading",
    "Observation",
    "Resync",
    "Settling",
    "Unsettled",
    "have_settled",
    "unsettled",
]
