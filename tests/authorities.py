"""Whom clients of TLS trust: nobody, since no test speaks to another machine."""

import ssl


def forget() -> None:
    """Have no client read the world's authorities: of thousands, each took 60 ms for it."""
    ssl.SSLContext.load_verify_locations = _read_nothing  # type: ignore[method-assign]  # libraries offer no switch where they heed no environment


def _read_nothing(*_given: object, **_named: object) -> None:
    pass
