"""Chance that can be repeated: what a draw gives depends on the seed and on its name alone."""

from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

Range: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Seed:
    """Where draws come from; as each has a name, their order does not matter."""

    value: int = 0

    def fraction(self, *name: object) -> float:
        """Return a number from 0 up to but not including 1."""
        digest = sha256("\n".join(map(str, (self.value, *name))).encode()).digest()
        return int.from_bytes(digest[:6]) / 2**48

    def happens(self, rate: float, *name: object) -> bool:
        """Say whether something happens that does so at a rate between 0 and 1."""
        return self.fraction(*name) < rate

    def between(self, span: Range, *name: object) -> float:
        """Return a number between two others."""
        low, high = span
        return low + (high - low) * self.fraction(*name)
