"""What holds for each view alike; a new view is a row in ``views.py``.

With SCREENSHOTS set, the same run makes the pictures that the documents show.
"""

import os
import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser import COLOURS, ROOT, Visitor, flaws, overflow
from tests.web.site import Site
from tests.web.views import VIEWS

PICTURES = ROOT / "docs" / "images"
on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
each_view = pytest.mark.parametrize("view", VIEWS)


@each_view
@on_one_database
def test_it_has_a_title_fits_every_screen_and_axe_finds_nothing(
    view: str, visit: Visitor, site: Site
) -> None:
    page = visit(VIEWS[view](site))
    expect(page.locator("h1")).to_have_count(1)
    expect(page).to_have_title(re.compile(r".+ · Copilot Workflow Orchestrator$"))
    assert flaws(page) == []
    picture(page, f"{view}-light")
    page.emulate_media(color_scheme="dark")
    assert flaws(page, COLOURS) == []
    picture(page, f"{view}-dark")
    for width in (360, 1600):
        page.set_viewport_size({"width": width, "height": 800})
        assert overflow(page) == [], width


def picture(page: Page, name: str) -> None:
    """Make the picture that the documents show, if that is wanted."""
    if os.environ.get("SCREENSHOTS"):
        page.screenshot(path=PICTURES / f"{name}.png")
