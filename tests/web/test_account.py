"""One's account: a token is made and told once, and revoked; sessions are listed."""

from playwright.sync_api import expect

from tests.web.browser import Visitor, flaws


def test_a_token_is_told_once_and_revoked(visit: Visitor) -> None:
    page = visit("/account")
    expect(page.get_by_role("region", name="Sessions")).to_contain_text("this browser")
    page.get_by_role("button", name="Make a token…").click()
    page.get_by_label("What it is for").fill("nightly report")
    assert flaws(page) == []
    page.get_by_role("button", name="Make it").click()
    secret = page.locator("[data-secret]")
    expect(secret).to_contain_text("cwo_")
    tokens = page.get_by_role("region", name="API tokens")
    expect(tokens).to_contain_text("nightly report")
    page.reload()
    expect(tokens).to_contain_text("never used")
    expect(secret).to_have_count(0)
    page.get_by_role("button", name="Revoke nightly report").click()
    expect(page.get_by_role("button", name="Revoke nightly report")).to_have_count(0)
