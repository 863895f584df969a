"""Pages from templates that escape by themselves, and the few files beside them."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import Response

from api.headers import CSP, content_policy

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent
_TYPES = {".css": "text/css", ".js": "text/javascript"}


def page(template: str, status: int = 200, *, forms_lead_to: str = "", **told: object) -> Response:
    """Show a template; ``forms_lead_to`` is an origin besides ours that its forms may go to."""
    headers = {CSP: content_policy(forms_to=[forms_lead_to])} if forms_lead_to else {}
    text = _environment().get_template(template).render(told)
    return Response(text, status, headers, "text/html")


@cache
def asset(name: str) -> tuple[bytes, str] | None:
    """Return a file that pages load, with its media type; None: there is none of that name."""
    files = {each.name: each for each in (_HERE / "assets").iterdir()}
    if name not in files or files[name].suffix not in _TYPES:
        return None
    return files[name].read_bytes(), _TYPES[files[name].suffix]


@cache
def _environment() -> "Environment":
    from jinja2 import (  # noqa: PLC0415 (most processes show no page)
        Environment,
        FileSystemLoader,
        StrictUndefined,
    )

    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
