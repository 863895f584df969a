"""Having delivered again what did not arrive, and knowing up to when nothing is missing."""

from reactions.recovery.recovery import Gate, Recovered, Recovery

__all__ = ["Gate", "Recovered", "Recovery"]
