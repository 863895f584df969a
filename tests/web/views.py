"""Every view of the dashboard, with the path at which tests look at it."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.web.history import LANDER, ROCKET
from tests.web.site import Site

# By the name of its picture in docs/images.
VIEWS: Mapping[str, Callable[[Site], str]] = {
    "needs-you": lambda _site: "/",
    "lanes": lambda _site: "/lanes",
    "repository": lambda _site: f"/r/{ROCKET}",
    "policy": lambda _site: f"/r/{ROCKET}/policy",
    "events": lambda _site: "/events",
    "actions": lambda _site: "/actions",
    "commands": lambda _site: "/commands",
    "costs": lambda _site: "/costs",
    "event": lambda site: (
        f"/events/{_newest(site, '/api/events', type='pull_request')['position']}"
    ),
    "action": lambda site: f"/actions/{_newest(site, '/api/actions')['id']}",
    "workflow": lambda _site: f"/r/{LANDER}/1",
    "account": lambda _site: "/account",
    "setup": lambda _site: "/setup",
}
# What a visitor meets who is not signed in.
OUTSIDE: Mapping[str, str] = {"sign-in": "/"}


def _newest(site: Site, path: str, **query: str) -> dict[str, Any]:
    """Return the first item of a list."""
    return dict(site.get(path, **query)["items"][0])


__all__ = ["LANDER", "OUTSIDE", "ROCKET", "VIEWS"]
