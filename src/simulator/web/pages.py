"""Pages, built of text that is escaped once and here."""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

from starlette.responses import HTMLResponse, RedirectResponse, Response


def page(title: str, *parts: str, status: int = 200) -> Response:
    """Build a page of a title and of parts that are HTML already."""
    body = "\n".join(parts)
    return HTMLResponse(
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title></head>\n<body><main><h1>{escape(title)}</h1>\n"
        f"{body}\n</main></body></html>\n",
        status,
    )


def not_found() -> Response:
    """Build the page of what is not there."""
    return problem("Page not found", "This is not the web page you are looking for.", 404)


def problem(title: str, sentence: str, status: int) -> Response:
    """Build a page that says what is wrong."""
    return page(title, paragraph(sentence), status=status)


def redirect(address: str, parameters: Mapping[str, str | None]) -> Response:
    """Send the browser elsewhere, with the parameters that have a value."""
    given = urlencode({name: value for name, value in parameters.items() if value is not None})
    joint = "&" if "?" in address else "?"
    return RedirectResponse(f"{address}{joint}{given}" if given else address, 302)


def form(action: str, *parts: str) -> str:
    """Build a form that is posted."""
    inner = "\n".join(parts)
    return f'<form method="post" action="{escape(action)}">\n{inner}\n</form>'


def hidden(fields: Mapping[str, str | None]) -> str:
    """Build what a form sends along unseen: the fields that have a value."""
    return "\n".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
        if value is not None
    )


def choice(kind: str, name: str, value: str, *, label: str | None = None, on: bool = False) -> str:
    """Build one of several to choose: a ``radio`` or a ``checkbox``."""
    checked = " checked" if on else ""
    return (
        f'<p><label><input type="{kind}" name="{escape(name)}" value="{escape(value)}"{checked}> '
        f"{escape(label or value)}</label></p>"
    )


def text_field(name: str, value: str, label: str) -> str:
    """Build a field to write in."""
    return (
        f'<p><label>{escape(label)} <input type="text" name="{escape(name)}" '
        f'value="{escape(value)}" required></label></p>'
    )


def button(label: str, name: str = "", value: str = "") -> str:
    """Build a button that sends the form, perhaps with a value of its own."""
    own = f' name="{escape(name)}" value="{escape(value)}"' if name else ""
    return f'<button type="submit"{own}>{escape(label)}</button>'


def link(path: str, label: str, **query: str) -> str:
    """Build a link."""
    address = f"{path}?{urlencode(query)}" if query else path
    return f'<p><a href="{escape(address)}">{escape(label)}</a></p>'


def paragraph(text: str) -> str:
    """Build a paragraph."""
    return f"<p>{escape(text)}</p>"
