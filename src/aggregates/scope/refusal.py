"""Why a command about a scope changes nothing."""

from aggregates.scope.scope import EVERYWHERE, Scope
from events.catalogue import OwnEvent, ScopePaused, ScopeResumed


def scope_refusal(scope: Scope, installation_id: int | None, content: OwnEvent) -> str | None:
    """Say why a command changes nothing now, in a short sentence for people; None: it applies.

    Without an installation it is about everything. What is no command about a scope is never
    refused.
    """
    where = installation_id or EVERYWHERE
    name = f"installation {where}" if where else "everything"
    match content:
        case ScopePaused() if where in scope.pauses:
            return f"{name} is paused already"
        case ScopeResumed() if where not in scope.pauses:
            return f"{name} is not paused"
    return None
