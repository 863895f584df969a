"""Deliveries that are held back, to arrive late, in another order, or never."""

from collections.abc import Callable
from dataclasses import dataclass, field

from simulator.hooks.attempt import Delivery
from simulator.state.happenings import Happening


@dataclass(slots=True)
class Hold:
    """Deliveries of an event, perhaps of one action or about one thing, that wait for release.

    Those of which ``only`` says no pass.
    """

    event: str
    action: str | None
    only: Callable[[Happening], bool]
    send: Callable[[Delivery], None]
    held: list[Delivery] = field(default_factory=list)
    released: bool = False

    def takes(self, happening: Happening, delivery: Delivery) -> bool:
        """Hold a delivery back, if it is one of these."""
        fits = happening.event == self.event and self.action in (None, happening.action)
        if self.released or not fits or not self.only(happening):
            return False
        self.held.append(delivery)
        return True

    def release(self, *, newest_first: bool = False) -> None:
        """Send all that was held, in the order in which it happened or against it, and no more."""
        self.released = True
        for delivery in self.held[::-1] if newest_first else self.held:
            self.send(delivery)
        self.held.clear()
