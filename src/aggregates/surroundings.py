"""What holds around lanes, for an installation or everything, and what that makes of a lane."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from operator import itemgetter
from typing import Literal, TypeAlias, TypeVar

from aggregates.acting import ActingUser, LostConsent
from aggregates.budgets import UsedUp, used_up
from aggregates.lane import Lane
from aggregates.lane.ours import Pause, PolicyLayer, policy_after
from aggregates.policy import Origin, Policy, effective
from events.catalogue import (
    ActingUserSet,
    ActingUserUnset,
    AppIdentified,
    Mode,
    OperatorCommand,
    OwnEvent,
    PolicyChanged,
    ScopePaused,
    ScopeResumed,
    ServiceStarted,
    content_of,
)
from events.envelope import GITHUB, Event
from events.github import AuthorizationRevoked, Fact

EVERYWHERE = 0  # no installation of GitHub's has this id

V = TypeVar("V")
_NO_POLICY = PolicyLayer()
_REVOCATION = "github_app_authorization"
_OURS = {ScopePaused.type, ActingUserSet.type, AppIdentified.type, ServiceStarted.type}
OF_EVERYTHING = frozenset({_REVOCATION, *_OURS})  # types that concern them, whatever they name
# Of an organisation, whose people may have gained or lost access to whatever repository of it.
_ACCESS = {"member", "membership", "organization", "team"}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Pauses, policies and acting users by installation; 0 is everything, of policies the server.

    ``app`` is the App's own user. ``identities`` are all as whom we write or ever wrote, with the
    position since which we do no longer. ``signed_since`` is the position from which on the marks
    in our comments are signed, None while they are not. ``access_changed`` is the position of the
    last delivery by which access to its repositories may have changed. ``has_app``: the service can
    ask GitHub, through an App. ``position`` is that of the last event that changed something.
    """

    position: int = 0
    pauses: dict[int, Pause] = field(default_factory=dict)
    policies: dict[int, PolicyLayer] = field(default_factory=dict)
    acting: dict[int, ActingUser] = field(default_factory=dict)
    app: ActingUser | None = None
    identities: dict[int, dict[int, int | None]] = field(default_factory=dict)
    signed_since: int | None = None
    access_changed: dict[int, int] = field(default_factory=dict)
    has_app: bool = False


def concerns_surroundings(event: Event) -> bool:
    """Say whether an event may change them, by its envelope alone."""
    if event.source == GITHUB:
        of_everyone = event.type in _ACCESS and event.repository_id is None
        return of_everyone or event.type == _REVOCATION
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
    changed = _told(known, event, facts) if event.source == GITHUB else _said(known, event)
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


def _told(known: Surroundings, event: Event, facts: tuple[Fact, ...]) -> Surroundings:
    if event.type == _REVOCATION:
        return _revoked(known, event, facts)
    changed = {**known.access_changed, event.installation_id or EVERYWHERE: event.position}
    return replace(known, access_changed=changed)


def _revoked(known: Surroundings, event: Event, facts: tuple[Fact, ...]) -> Surroundings:
    """Forget the acting users who withdrew their authorisation."""
    gone = {fact.user_id for fact in facts if isinstance(fact, AuthorizationRevoked)}
    for where, user in known.acting.items():
        if user.user_id in gone:
            known = _acting(known, event, where, None)
    return known


def _said(known: Surroundings, event: Event) -> Surroundings:
    where = event.installation_id or EVERYWHERE
    match content_of(event):
        case OperatorCommand() as content:
            refused = surroundings_refusal(known, event.installation_id, content)
            return known if refused else _obeyed(known, event, content)
        case PolicyChanged() as content:
            return _policy_changed(known, event, content)
        case ActingUserSet() as content:
            return _acting(known, event, where, ActingUser(content.user_id, content.login))
        case ActingUserUnset():
            return _acting(known, event, where, None)
        case AppIdentified() as content:
            return _identified(known, event, content)
        case ServiceStarted(role="all" | "worker", has_app=has_app) if has_app != known.has_app:
            known = replace(known, has_app=has_app)
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


def _acting(known: Surroundings, event: Event, where: int, user: ActingUser | None) -> Surroundings:
    before = known.acting.get(where)
    if user == before:
        return known
    others = _without(known.acting, where)
    acting = others if user is None else {**others, where: user}
    return replace(known, acting=acting, identities=_following(known, event, where, before, user))


def _identified(known: Surroundings, event: Event, content: AppIdentified) -> Surroundings:
    app = ActingUser(content.user_id, content.login)
    since = (known.signed_since or event.position) if content.signs else None
    if (app, since) == (known.app, known.signed_since):
        return known
    identities = _following(known, event, EVERYWHERE, known.app, app)
    return replace(known, app=app, identities=identities, signed_since=since)


def _following(
    known: Surroundings, event: Event, where: int, before: ActingUser | None, now: ActingUser | None
) -> dict[int, dict[int, int | None]]:
    """Return as whom we write once one follows another; who it was is kept with until when."""
    ours = dict(known.identities.get(where, {}))
    if before is not None:
        ours[before.user_id] = event.position
    if now is not None:
        ours[now.user_id] = None
    return {**known.identities, where: ours}


def _policy_changed(known: Surroundings, event: Event, content: PolicyChanged) -> Surroundings:
    whose = EVERYWHERE if content.layer == "server" else event.installation_id
    if content.layer == "repository" or whose is None:
        return known  # it does not say whose it is
    layer = known.policies.get(whose, _NO_POLICY)
    policy = policy_after(layer, event.position, content)
    return known if policy is layer else replace(known, policies={**known.policies, whose: policy})


def _without(known: dict[int, V], where: int) -> dict[int, V]:
    return {key: value for key, value in known.items() if key != where}


Where: TypeAlias = Literal["everything", "installation", "lane"]
ModeOrigin: TypeAlias = Origin | Literal["operator"]

_Documents: TypeAlias = tuple[str, str, str]  # the server's, the installation's, the repository's
_Paused: TypeAlias = tuple[Pause, Where] | tuple[None, None]
_Identities: TypeAlias = tuple[tuple[int, int | None], ...]
_Ourselves: TypeAlias = tuple[_Identities, bool, int | None]  # and: is the App known, signed since
_Consents: TypeAlias = tuple[tuple[ActingUser, ...], LostConsent | None]
_NO_POLICY = PolicyLayer()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What holds for a lane now.

    ``origins`` says of each leaf of the policy which layer it comes from; ``mode_origin`` likewise,
    or ``operator``. Of several pauses the widest is shown. ``identities`` are the users as whom we
    write or wrote, by id, each with the position since which we do no longer; ``app_known``: the
    App's is among them. ``signed_since`` and ``has_app`` are as around all lanes;
    ``access_changed`` is where access to the repository may last have changed. ``set_user`` is the
    acting user of the server's settings, who comes behind those who consented; of their consents
    ``lost`` is the last that was lost since one was given. ``used_up`` are the ceilings on sessions
    that are reached; where nothing is done none is.
    """

    policy: Policy
    origins: Mapping[str, Origin]
    mode: Mode
    mode_origin: ModeOrigin
    paused: Pause | None
    paused_where: Where | None
    set_user: ActingUser | None
    consenting: tuple[ActingUser, ...] = ()
    lost: LostConsent | None = None
    identities: _Identities = ()
    app_known: bool = False
    signed_since: int | None = None
    has_app: bool = False
    access_changed: int = 0
    used_up: tuple[UsedUp, ...] = ()

    @property
    def acting_user(self) -> ActingUser | None:
        """As whom we do what only a user may do, unless they turn out not to let us any more."""
        return self.consenting[0] if self.consenting else self.set_user

    def wrote(self, user_id: int | None, asked_at: int) -> bool:
        """Say whether we may have written as a user what was asked for at a position of the log.

        Who was ours only before that was no longer when it was done.
        """
        return any(
            known == user_id and (until is None or until > asked_at)
            for known, until in self.identities
        )


def circumstances(lane: Lane, surroundings: Surroundings) -> Circumstances:
    """Return what holds for a lane; the same object for the same, so that it costs little.

    ``same_circumstances`` costs less still.
    """
    acting = surroundings.acting.get(EVERYWHERE)
    if lane.installation_id is not None:
        acting = surroundings.acting.get(lane.installation_id, acting)
    held = _composed(
        _documents(lane, surroundings),
        lane.ours.mode,
        _paused(lane, surroundings),
        acting,
        (lane.ours.consents.given, lane.ours.consents.lost),
        _ourselves(lane, surroundings),
        surroundings.has_app,
        _access_changed(lane, surroundings),
    )
    reached = used_up(lane.ours.spent, held.policy) if held.mode == "live" else ()
    return replace(held, used_up=reached) if reached else held


def same_circumstances(was: Lane, now: Lane) -> bool:
    """Say whether a lane is in the circumstances that it was in, at a glance: no may be wrong."""
    return (
        was.ours.policy is now.ours.policy
        and was.ours.mode is now.ours.mode
        and was.ours.paused is now.ours.paused
        and was.ours.consents is now.ours.consents
        and was.ours.spent is now.ours.spent
        and was.installation_id is now.installation_id
        and was.access_changed is now.access_changed
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


def _ourselves(lane: Lane, surroundings: Surroundings) -> _Ourselves:
    known = surroundings.identities
    ours = dict(known.get(EVERYWHERE, {}))
    for here in (known.get(lane.installation_id or EVERYWHERE, {}), lane.ours.consents.identities):
        for user_id, until in here.items():
            before = ours.get(user_id, until)
            ours[user_id] = None if until is None or before is None else max(until, before)
    signed_since, app_known = surroundings.signed_since, surroundings.app is not None
    return tuple(sorted(ours.items(), key=itemgetter(0))), app_known, signed_since


def _access_changed(lane: Lane, surroundings: Surroundings) -> int:
    changed = surroundings.access_changed
    if not changed:
        return lane.access_changed
    whose = changed.get(lane.installation_id or EVERYWHERE, 0)
    return max(lane.access_changed, whose, changed.get(EVERYWHERE, 0))


@lru_cache(maxsize=512)
def _composed(  # noqa: PLR0913 (a key of the cache for each thing that may differ)
    documents: _Documents,
    mode: Mode | None,
    paused: _Paused,
    set_user: ActingUser | None,
    consents: _Consents,
    ourselves: _Ourselves,
    has_app: bool,  # noqa: FBT001 (likewise)
    access_changed: int,
) -> Circumstances:
    known = effective(*documents)
    return Circumstances(
        policy=known.policy,
        origins=known.origins,
        mode=mode or known.policy.mode,
        mode_origin="operator" if mode else known.origins["mode"],
        paused=paused[0],
        paused_where=paused[1],
        set_user=set_user,
        consenting=consents[0],
        lost=consents[1],
        identities=ourselves[0],
        app_known=ourselves[1],
        signed_since=ourselves[2],
        has_app=has_app,
        access_changed=access_changed,
    )
