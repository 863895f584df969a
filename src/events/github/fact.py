"""What every fact is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a delivery tells; each kind of it says what."""
