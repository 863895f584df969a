"""What holds around a lane: its policy and mode, whether it is paused, and who acts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from aggregates.lane.conduct import Pause, PolicyLayer
from aggregates.lane.lane import Lane
from aggregates.policy import Policy, effective
from aggregates.scope import EVERYWHERE, ActingUser, Scope
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


def circumstances(lane: Lane, scope: Scope) -> Circumstances:
    """Return what holds for a lane; the same object for the same, so that it costs little."""
    acting = scope.acting.get(EVERYWHERE)
    if lane.installation_id is not None:
        acting = scope.acting.get(lane.installation_id, acting)
    return _composed(_documents(lane, scope), lane.conduct.mode, _paused(lane, scope), acting)


def _documents(lane: Lane, scope: Scope) -> _Documents:
    server = scope.policies.get(EVERYWHERE, _NO_POLICY)
    installation = _NO_POLICY
    if lane.installation_id is not None:
        installation = scope.policies.get(lane.installation_id, _NO_POLICY)
    return server.document, installation.document, lane.conduct.policy.document


def _paused(lane: Lane, scope: Scope) -> _Paused:
    if pause := scope.pauses.get(EVERYWHERE):
        return pause, "everything"
    if lane.installation_id is not None and (pause := scope.pauses.get(lane.installation_id)):
        return pause, "installation"
    return (lane.conduct.paused, "lane") if lane.conduct.paused else (None, None)


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
