"""What holds around a lane: its policy and mode, whether it is paused, and who acts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from aggregates.lane import Lane
from aggregates.lane.ours import Pause, PolicyLayer
from aggregates.policy import Policy, effective
from aggregates.surroundings import EVERYWHERE, ActingUser, Surroundings
from events.catalogue import Mode

Where: TypeAlias = Literal["everything", "installation", "lane"]

_Documents: TypeAlias = tuple[str, str, str]  # the server's, the installation's, the repository's
_Paused: TypeAlias = tuple[Pause, Where] | tuple[None, None]
_NO_POLICY = PolicyLayer()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What holds for a lane now.

    ``origins`` says of each leaf of the policy which layer it comes from; ``mode_origin`` likewise,
    or ``operator``. Of several pauses the widest is shown.
    """

    policy: Policy
    origins: Mapping[str, str]
    mode: Mode
    mode_origin: str
    paused: Pause | None
    paused_where: Where | None
    acting_user: ActingUser | None


def circumstances(lane: Lane, surroundings: Surroundings) -> Circumstances:
    """Return what holds for a lane; the same object for the same, so that it costs little."""
    acting = surroundings.acting.get(EVERYWHERE)
    if lane.installation_id is not None:
        acting = surroundings.acting.get(lane.installation_id, acting)
    return _composed(
        _documents(lane, surroundings), lane.ours.mode, _paused(lane, surroundings), acting
    )


def _documents(lane: Lane, surroundings: Surroundings) -> _Documents:
    server = surroundings.policies.get(EVERYWHERE, _NO_POLICY)
    installation = _NO_POLICY
    if lane.installation_id is not None:
        installation = surroundings.policies.get(lane.installation_id, _NO_POLICY)
    return server.document, installation.document, lane.ours.policy.document


def _paused(lane: Lane, surroundings: Surroundings) -> _Paused:
    if pause := surroundings.pauses.get(EVERYWHERE):
        return pause, "everything"
    own = lane.installation_id
    if own is not None and (pause := surroundings.pauses.get(own)):
        return pause, "installation"
    return (lane.ours.paused, "lane") if lane.ours.paused else (None, None)


@lru_cache(maxsize=512)
def _composed(
    documents: _Documents, mode: Mode | None, paused: _Paused, acting_user: ActingUser | None
) -> Circumstances:
    known = effective(*documents)
    return Circumstances(
        policy=known.policy,
        origins=known.origins,
        mode=mode or known.policy.mode,
        mode_origin="operator" if mode else known.origins["mode"],
        paused=paused[0],
        paused_where=paused[1],
        acting_user=acting_user,
    )
