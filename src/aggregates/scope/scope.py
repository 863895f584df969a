"""The scopes around lanes: installations, and everything."""

from dataclasses import dataclass, field

from aggregates.lane.conduct import Pause, PolicyLayer

EVERYWHERE = 0  # no installation of GitHub's has this id


@dataclass(frozen=True, slots=True)
class ActingUser:
    """The user as whom we do what only a user may do."""

    user_id: int
    login: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Pauses, policies and acting users by installation; 0 is everything, of policies the server.

    ``position`` is that of the last event that changed something.
    """

    position: int = 0
    pauses: dict[int, Pause] = field(default_factory=dict)
    policies: dict[int, PolicyLayer] = field(default_factory=dict)
    acting: dict[int, ActingUser] = field(default_factory=dict)
