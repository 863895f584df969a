"""The past as it is shown: a page as of the log's end says what the page of now says."""

import pytest
from playwright.sync_api import expect

from tests.web.browser import Visitor, follow, same
from tests.web.history import LANDER
from tests.web.site import Site
from tests.web.views import VIEWS

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
# How many events and commands there are is counted for now alone, and so are checks' results.
COUNTED = (
    r"[\d,]+ events|\d+ commands?: |as they stood then"
    r"|Checks of the default branch lately .*?(?=Last events)"
)
# Neither accounts nor what is to be set up have a past.
WITH_A_PAST = [name for name in VIEWS if name not in ("account", "setup")]


@on_one_database
def test_as_of_the_end_each_view_says_what_it_says_now(visit: Visitor, site: Site) -> None:
    now = visit(VIEWS["lanes"](site))
    then = visit(VIEWS["lanes"](site))
    for view in WITH_A_PAST:
        path = VIEWS[view](site)
        for page, where in ((now, path), (then, f"{path}?as_of={site.head}")):
            follow(page, where)
            expect(page).to_have_url(f"{site.url}{where}")
        same(now, then, but=COUNTED)


@on_one_database
def test_what_was_not_there_yet_says_so_and_leads_to_now(visit: Visitor) -> None:
    visit.expected |= {404}
    page = visit(f"/r/{LANDER}/1?as_of=1")
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("It was not here then")
    page.get_by_role("link", name="See it as it is now").press("Enter")
    expect(heading).to_contain_text("The landing legs deploy twice")
