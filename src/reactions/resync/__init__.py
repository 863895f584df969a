"""Looking at what deliveries should have told, and recording what they did not."""

from reactions.resync.resync import Resync

__all__ = ["Resync"]
