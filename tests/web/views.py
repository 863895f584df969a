"""Every view of the dashboard, with the path at which tests look at it."""

from collections.abc import Callable, Mapping

from tests.web.history import LANDER, ROCKET
from tests.web.site import Site

# By the name of its picture in docs/images.
VIEWS: Mapping[str, Callable[[Site], str]] = {
    "needs-you": lambda _site: "/",
    "lanes": lambda _site: "/lanes",
    "events": lambda _site: "/events",
    "actions": lambda _site: "/actions",
    "sessions": lambda _site: "/account",
}
# What a visitor meets who is not signed in.
OUTSIDE: Mapping[str, str] = {"sign-in": "/"}

__all__ = ["LANDER", "OUTSIDE", "ROCKET", "VIEWS"]
