"""What every answer tells browsers: load nothing of others, be framed by nobody, keep nothing.

A page that a stranger's text got into still runs no script of theirs, and no other site reads our
answers or shows them inside its own. What a route says itself of any of these holds.
"""

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

RawHeaders: TypeAlias = list[tuple[bytes, bytes]]

CSP = "Content-Security-Policy"
# A year, in which a browser asks us by https alone.
_HSTS = b"max-age=31536000; includeSubDomains"
_ALONE = re.compile(r"https://(\[[^\]]+\]|[^/:\[]+)(:443)?/?", re.IGNORECASE)
_UNUSED = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")


def content_policy(
    *, forms_to: Iterable[str] = (), styles: Iterable[str] = (), scripts: Iterable[str] = ()
) -> str:
    """Return a Content-Security-Policy.

    ``forms_to`` are other origins to which a page's forms may lead, such as GitHub's (a redirect
    behind a form counts); ``styles`` and ``scripts`` are hashes of what stands inside the page.
    """
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src 'self'", *scripts)),
            " ".join(("style-src 'self'", *styles)),
            "img-src 'self' data:",
            "connect-src 'self'",
            " ".join(("form-action 'self'", *forms_to)),
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "object-src 'none'",
        )
    )


ALWAYS: Sequence[tuple[bytes, bytes]] = (
    (CSP.lower().encode(), content_policy().encode()),
    (b"x-content-type-options", b"nosniff"),
    # With no-referrer browsers would send our own forms without an origin, and we refuse those.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", ", ".join(f"{each}=()" for each in _UNUSED).encode()),
    (b"cache-control", b"no-store"),
)


class AnswerHeaders:
    """The headers of all answers of a server that browsers reach at ``public_url``, if anywhere."""

    def __init__(self, public_url: str = "") -> None:
        self._headers = (*ALWAYS, *_transport_security(public_url))

    def complete(self, headers: RawHeaders) -> None:
        """Add to an answer's head what it does not say itself; its names are in lower case."""
        told = {name for name, _ in headers}
        headers.extend(each for each in self._headers if each[0] not in told)


def _transport_security(public_url: str) -> RawHeaders:
    """Return what holds browsers to https.

    It is of a host and all its ports: whoever shares one with others does not speak for them.
    """
    if not _ALONE.fullmatch(public_url):
        return []
    return [(b"strict-transport-security", _HSTS)]
