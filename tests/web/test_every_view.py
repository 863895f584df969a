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
def test_axe_finds_nothing_in_light_nor_in_dark(view: str, visit: Visitor, site: Site) -> None:
    page = visit(VIEWS[view](site))
    assert flaws(page) == []
    picture(page, f"{view}-light")
    page.emulate_media(color_scheme="dark")
    assert flaws(page, COLOURS) == []
    picture(page, f"{view}-dark")


@each_view
def test_it_is_told_by_its_title_and_fits_small_and_large_screens(
    view: str, visit: Visitor, site: Site
) -> None:
    page = visit(VIEWS[view](site), width=360)
    expect(page.locator("h1")).to_have_count(1)
    expect(page).to_have_title(re.compile(r".+ · Copilot Workflow Orchestrator$"))
    assert overflow(page) == []
    page.set_viewport_size({"width": 1600, "height": 900})
    assert overflow(page) == []


def picture(page: Page, name: str) -> None:
    """Make the picture that the documents show, if that is wanted."""
    if os.environ.get("SCREENSHOTS"):
        page.screenshot(path=PICTURES / f"{name}.png")
