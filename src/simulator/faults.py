"""What goes wrong at GitHub, as rates of what happens by itself."""

from dataclasses import dataclass

from simulator.draws import Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Rates between 0 and 1 of what goes wrong; by default nothing does.

    Of deliveries: ``delayed`` by a span of simulated seconds, by which later ones overtake them,
    ``duplicated`` (sent twice under one GUID), ``dropped`` (listed as failed, can be redelivered),
    ``lost`` (never sent nor listed).
    Of requests: ``bad_gateway`` answers 502, half of them after the request has taken effect, and
    ``throttled`` answers 403 for the secondary limit, with so many seconds of ours to wait.
    ``ignored_assignees`` answers an assignment of Copilot with 201 and does nothing.
    """

    delayed: float = 0.0
    delay: Range = (10, 180)
    duplicated: float = 0.0
    dropped: float = 0.0
    lost: float = 0.0
    bad_gateway: float = 0.0
    throttled: float = 0.0
    retry_after: int = 1
    ignored_assignees: float = 0.0
