"""How many worlds a property tries: each takes a tenth of a second, or more."""

from hypothesis import settings

from tests.conftest import SOAK

SOME = settings(max_examples=400 if SOAK else 12)
