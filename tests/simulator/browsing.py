"""A browser without script: it fills in the form of a page and presses one of its buttons."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2


@dataclass(slots=True)
class Form:
    """A page's form: where it goes, what it sends unless changed, and what may be chosen."""

    action: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.form = Form()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.form.action = told["action"]
        elif tag == "button":
            self.form.buttons.append((told.get("name", ""), told.get("value", "")))
        elif tag == "input":
            self._input(told)

    def _input(self, told: dict[str, str]) -> None:
        name, value = told["name"], told.get("value", "")
        if told["type"] in ("radio", "checkbox"):
            self.form.choices.setdefault(name, []).append(value)
            if "checked" not in told:
                return
        self.form.fields[name] = value


def form_of(page: httpx2.Response) -> Form:
    """Read the form of a page."""
    reader = _Reader()
    reader.feed(page.text)
    return reader.form


async def press(
    http: httpx2.AsyncClient, page: httpx2.Response, value: str, **changed: str
) -> httpx2.Response:
    """Press the button of a value, with some fields changed, and go where that leads first."""
    form = form_of(page)
    [name] = [name for name, given in form.buttons if given == value]
    sent = form.fields | changed | ({name: value} if name else {})
    return await http.post(urljoin(str(page.url), form.action), data=sent)


def led_to(answer: httpx2.Response) -> tuple[str, dict[str, str]]:
    """Say where a redirect leads, and with which parameters."""
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["location"])
    return f"{parts.scheme}://{parts.netloc}{parts.path}", dict(parse_qsl(parts.query))
