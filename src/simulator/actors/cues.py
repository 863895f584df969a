"""Acts that wait for their cue: what a visitor, a bot or a maintainer does once something happens.

A test says what they do: ``simulator.on_cue("pull_request", "opened", lambda pull: ...)``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from simulator.clock import Clock
from simulator.state.happenings import Happening

# What is acted upon is the happening's subject: an issue, a pull request or a suite of checks.
Act: TypeAlias = Callable[[Any], object]


@dataclass(slots=True)
class Cue:
    """What is waited for, what is done then, so many simulated seconds later, and how often."""

    event: str
    action: str | None
    act: Act
    after: float
    times: int


@dataclass(slots=True)
class Cues:
    """All cues that were given."""

    clock: Clock
    given: list[Cue] = field(default_factory=list)

    def hear(self, happening: Happening) -> None:
        """Let act who waited for this."""
        for cue in self.given:
            fits = (cue.event, cue.action) == (happening.event, happening.action)
            if fits and cue.times:
                cue.times -= 1
                self._later(cue, happening.subject)

    def _later(self, cue: Cue, subject: object) -> None:
        def act() -> None:
            cue.act(subject)

        self.clock.after(cue.after, act)
