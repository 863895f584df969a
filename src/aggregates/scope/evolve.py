"""Folding one event into the scopes."""

from dataclasses import replace
from typing import TypeVar

from aggregates.lane.conduct import Pause, PolicyLayer
from aggregates.lane.obey import policy_after
from aggregates.scope.refusal import scope_refusal
from aggregates.scope.scope import EVERYWHERE, ActingUser, Scope
from events.catalogue import (
    ActingUserSet,
    ActingUserUnset,
    OperatorCommand,
    PolicyChanged,
    ScopePaused,
    ScopeResumed,
    content_of,
)
from events.envelope import GITHUB, Event
from events.github import AuthorizationRevoked, Fact

V = TypeVar("V")
_NO_POLICY = PolicyLayer()
_REVOCATION = "github_app_authorization"
_OURS = {ScopePaused.type, ActingUserSet.type}


def concerns_scope(event: Event) -> bool:
    """Say whether an event may change the scope, by its envelope alone."""
    if event.source == GITHUB:
        return event.type == _REVOCATION
    if event.type == PolicyChanged.type:
        return event.repository_id is None
    return event.type in _OURS


def evolve_scope(scope: Scope, event: Event, facts: tuple[Fact, ...] = ()) -> Scope:
    """Return the scope after an event; the same object when nothing changes.

    Raises UnknownEventType for an event of ours that this release does not know.
    """
    if not concerns_scope(event):
        return scope
    changed = _revoked(scope, facts) if event.source == GITHUB else _said(scope, event)
    return scope if changed is scope else replace(changed, position=event.position)


def _revoked(scope: Scope, facts: tuple[Fact, ...]) -> Scope:
    """Forget the acting users who withdrew their authorisation."""
    gone = {fact.user_id for fact in facts if isinstance(fact, AuthorizationRevoked)}
    acting = {where: user for where, user in scope.acting.items() if user.user_id not in gone}
    return scope if len(acting) == len(scope.acting) else replace(scope, acting=acting)


def _said(scope: Scope, event: Event) -> Scope:
    where = event.installation_id or EVERYWHERE
    match content_of(event):
        case OperatorCommand() as content:
            refused = scope_refusal(scope, event.installation_id, content)
            return scope if refused else _obeyed(scope, event, content)
        case PolicyChanged() as content:
            return _policy_changed(scope, event, content)
        case ActingUserSet() as content:
            user = ActingUser(content.user_id, content.login)
            same = user == scope.acting.get(where)
            return scope if same else replace(scope, acting={**scope.acting, where: user})
        case ActingUserUnset() if where in scope.acting:
            return replace(scope, acting=_without(scope.acting, where))
    return scope


def _obeyed(scope: Scope, event: Event, content: OperatorCommand) -> Scope:
    where = event.installation_id or EVERYWHERE
    match content:
        case ScopePaused():
            pause = Pause(event.position, content.reason, event.actor_login)
            return replace(scope, pauses={**scope.pauses, where: pause})
        case ScopeResumed():
            return replace(scope, pauses=_without(scope.pauses, where))
    return scope


def _policy_changed(scope: Scope, event: Event, content: PolicyChanged) -> Scope:
    whose = EVERYWHERE if content.layer == "server" else event.installation_id
    if content.layer == "repository" or whose is None:
        return scope  # it does not say whose it is
    known = scope.policies.get(whose, _NO_POLICY)
    policy = policy_after(known, event.position, content)
    return scope if policy is known else replace(scope, policies={**scope.policies, whose: policy})


def _without(known: dict[int, V], where: int) -> dict[int, V]:
    return {key: value for key, value in known.items() if key != where}
