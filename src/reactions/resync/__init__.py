"""Looking at what deliveries should have told, and recording what they did not."""

from reactions.resync.resync import Resync
from reactions.resync.settling import Settling, have_settled

__all__ = ["Resync", "Settling", "have_settled"]
