"""Having delivered again what did not arrive, and knowing up to when nothing is missing."""

from reactions.recovery.gate import Gate
from reactions.recovery.recovery import Recovered, Recovery

__all__ = ["Gate", "Recovered", "Recovery"]
