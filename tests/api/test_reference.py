"""The reference as a page: whole, written as text, and loading nothing."""

import base64
import copy
import hashlib
import re
from html.parser import HTMLParser

import pytest

from api.reference import reference
from tests.api.documented import DOCUMENT, Nowhere, Operation, operations
from tests.service import BEARER, app_over, client_of

pytestmark = pytest.mark.anyio


class Page(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


PAGE = Page(reference(DOCUMENT))


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_every_operation_is_on_it_with_its_parameters(operation: Operation) -> None:
    place = operation.content["operationId"]
    assert ("id", place) in PAGE.attributes


def test_every_link_leads_to_somewhere_on_it_or_to_the_document() -> None:
    links = {value for name, value in PAGE.attributes if name == "href"}
    places = {f"#{value}" for name, value in PAGE.attributes if name == "id"}
    assert len(links) > 50
    assert links - places == {"/openapi.json"}


def test_it_loads_nothing_and_runs_nothing() -> None:
    assert not PAGE.tags & {"script", "link", "img", "iframe", "form", "object", "base"}
    assert not {name for name, _ in PAGE.attributes if name == "style" or name.startswith("on")}


def test_whatever_stands_in_the_document_is_text_on_the_page() -> None:
    hostile = "<script>alert(1)</script>\"'`<b>`"
    document = copy.deepcopy(DOCUMENT)
    document["info"]["title"] = hostile
    for methods in document["paths"].values():
        for operation in methods.values():
            operation["summary"] = operation["description"] = hostile
    page = Page(reference(document))
    assert page.tags == PAGE.tags
    assert "<script>alert(1)</script>" in page.text


async def test_its_style_is_the_one_that_its_policy_lets_in() -> None:

    async with client_of(app_over(Nowhere())) as client:
        answer = await client.http.get("/docs", headers=BEARER)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    [style] = re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL)
    hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    [policy] = answer.headers.get_list("content-security-policy")
    assert f"style-src 'self' 'sha256-{hashed}'" in policy
    assert "unsafe" not in policy
