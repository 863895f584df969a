"""What holds for an installation or for everything, folded apart from lanes and handed to them."""

from aggregates.scope.evolve import concerns_scope, evolve_scope
from aggregates.scope.refusal import scope_refusal
from aggregates.scope.scope import EVERYWHERE, ActingUser, Scope

__all__ = [
    "EVERYWHERE",
    "ActingUser",
    "Scope",
    "concerns_scope",
    "evolve_scope",
    "scope_refusal",
]
