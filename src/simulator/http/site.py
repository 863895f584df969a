"""All that endpoints share."""

from collections import Counter
from dataclasses import dataclass

from simulator.draws import Seed
from simulator.faults import Faults
from simulator.hooks.outbox import Outbox
from simulator.hooks.sending import Sender
from simulator.http.credentials import Credentials
from simulator.http.limits import Limits
from simulator.http.troubles import Troubles
from simulator.state.world import World


@dataclass(slots=True, kw_only=True)
class Site:
    """The state and what stands around it; ``url`` is the root of the API.

    ``served`` counts requests by method and template of the path; ``ignore_assignees`` says how
    many assignments of Copilot are still to be ignored, besides those that are drawn.
    """

    world: World
    seed: Seed
    faults: Faults
    outbox: Outbox
    sender: Sender
    credentials: Credentials
    limits: Limits
    troubles: Troubles
    url: str
    served: Counter[tuple[str, str]]
    ignore_assignees: int = 0
