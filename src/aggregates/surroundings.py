"""What holds around lanes, for an installation or for everything; folded apart, handed to them."""

from dataclasses import dataclass, field, replace
from typing import TypeVar

from aggregates.lane.ours import Pause, PolicyLayer, policy_after
from events.catalogue import (
    ActingUserSet,
    ActingUserUnset,
    OperatorCommand,
    OwnEvent,
    PolicyChanged,
    ScopePaused,
    ScopeResumed,
    content_of,
)
from events.envelope import GITHUB, Event
from events.github import AuthorizationRevoked, Fact

EVERYWHERE = 0  # no installation of GitHub's has this id

V = TypeVar("V")
_NO_POLICY = PolicyLayer()
_REVOCATION = "github_app_authorization"
_OURS = {ScopePaused.type, ActingUserSet.type}


@dataclass(frozen=True, slots=True)
class ActingUser:
    """The user as whom we do what only a user may do."""

    user_id: int
    login: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Pauses, policies and acting users by installation; 0 is everything, of policies the server.

    ``position`` is that of the last event that changed something.
    """

    position: int = 0
    pauses: dict[int, Pause] = field(default_factory=dict)
    policies: dict[int, PolicyLayer] = field(default_factory=dict)
    acting: dict[int, ActingUser] = field(default_factory=dict)


def concerns_surroundings(event: Event) -> bool:
    """Say whether an event may change them, by its envelope alone."""
    if event.source == GITHUB:
        return event.type == _REVOCATION
    if event.type == PolicyChanged.type:
        return event.repository_id is None
    return event.type in _OURS


def evolve_surroundings(
    known: Surroundings, event: Event, facts: tuple[Fact, ...] = ()
) -> Surroundings:
    """Return the surroundings after an event; the same object when nothing changes.

    Raises UnknownEventType for an event of ours that this release does not know.
    """
    if not concerns_surroundings(event):
        return known
    changed = _revoked(known, facts) if event.source == GITHUB else _said(known, event)
    return known if changed is known else replace(changed, position=event.position)


def surroundings_refusal(
    surroundings: Surroundings, installation_id: int | None, content: OwnEvent
) -> str | None:
    """Say why a command changes nothing now, in a short sentence for people; None: it applies.

    Without an installation it is about everything. What is no command about surroundings is never
    refused.
    """
    where = installation_id or EVERYWHERE
    name = f"installation {where}" if where else "everything"
    match content:
        case ScopePaused() if where in surroundings.pauses:
            return f"{name} is paused already"
        case ScopeResumed() if where not in surroundings.pauses:
            return f"{name} is not paused"
    return None


def _revoked(known: Surroundings, facts: tuple[Fact, ...]) -> Surroundings:
    """Forget the acting users who withdrew their authorisation."""
    gone = {fact.user_id for fact in facts if isinstance(fact, AuthorizationRevoked)}
    acting = {where: user for where, user in known.acting.items() if user.user_id not in gone}
    return known if len(acting) == len(known.acting) else replace(known, acting=acting)


def _said(known: Surroundings, event: Event) -> Surroundings:
    where = event.installation_id or EVERYWHERE
    match content_of(event):
        case OperatorCommand() as content:
            refused = surroundings_refusal(known, event.installation_id, content)
            return known if refused else _obeyed(known, event, content)
        case PolicyChanged() as content:
            return _policy_changed(known, event, content)
        case ActingUserSet() as content:
            user = ActingUser(content.user_id, content.login)
            same = user == known.acting.get(where)
            return known if same else replace(known, acting={**known.acting, where: user})
        case ActingUserUnset() if where in known.acting:
            return replace(known, acting=_without(known.acting, where))
    return known


def _obeyed(known: Surroundings, event: Event, content: OperatorCommand) -> Surroundings:
    where = event.installation_id or EVERYWHERE
    match content:
        case ScopePaused():
            pause = Pause(event.position, content.reason, event.actor_login)
            return replace(known, pauses={**known.pauses, where: pause})
        case ScopeResumed():
            return replace(known, pauses=_without(known.pauses, where))
    return known


def _policy_changed(known: Surroundings, event: Event, content: PolicyChanged) -> Surroundings:
    whose = EVERYWHERE if content.layer == "server" else event.installation_id
    if content.layer == "repository" or whose is None:
        return known  # it does not say whose it is
    layer = known.policies.get(whose, _NO_POLICY)
    policy = policy_after(layer, event.position, content)
    return known if policy is layer else replace(known, policies={**known.policies, whose: policy})


def _without(known: dict[int, V], where: int) -> dict[int, V]:
    return {key: value for key, value in known.items() if key != where}
