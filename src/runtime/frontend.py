"""Where the dashboard's built files are: in the installed package, or in the checkout."""

from functools import cache
from pathlib import Path

from api.frontend.files import Frontend, read_frontend

_HERE = Path(__file__).parent
INSTALLED = _HERE / "web"
CHECKOUT = _HERE.parents[1] / "web" / "build"


@cache
def built_frontend() -> Frontend | None:
    """Read the dashboard, once for a process; None: it was not built."""
    return read_frontend(INSTALLED) or read_frontend(CHECKOUT)
