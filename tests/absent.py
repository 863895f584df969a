"""A library that is not installed, for which a client of HTTP looks at each request anew."""

import sys
from importlib.util import find_spec


def remember() -> None:
    """Have it known at once that there is no sniffio: each took 0.2 ms."""
    if find_spec("sniffio") is None:
        sys.modules["sniffio"] = None  # type: ignore[assignment]  # how Python itself keeps what is not to be found
