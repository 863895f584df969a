"""Reading whole lists."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from events.json_types import JsonObject
from gateway import GitHubGateway
from reactions.ports.failures import Refused
from tests.gateway.bodies import an_issue
from tests.gateway.credentials import FIRST, INSTALLATION, REPO
from tests.gateway.scripted import Script

pytestmark = pytest.mark.anyio

SHA, SHOP = "e" * 40, "/repos/acme/shop"
OPEN = {"state": "open", "sort": "created", "direction": "asc"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A list: how it is asked for, where it is, and the field that holds it."""

    listing: Callable[[GitHubGateway], AsyncIterator[JsonObject]]
    path: str
    under: str | None = None
    query: dict[str, str] = field(default_factory=dict)


LISTS = [
    Listed(lambda github: github.installations(), "/app/installations"),
    Listed(
        lambda github: github.repositories(INSTALLATION),
        "/installation/repositories",
        "repositories",
    ),
    Listed(lambda github: github.open_issues(REPO), f"{SHOP}/issues", query=OPEN),
    Listed(lambda github: github.open_pull_requests(REPO), f"{SHOP}/pulls", query=OPEN),
    Listed(lambda github: github.reviews(REPO, 8), f"{SHOP}/pulls/8/reviews"),
    Listed(lambda github: github.review_comments(REPO, 8, 5), f"{SHOP}/pulls/8/reviews/5/comments"),
    Listed(
        lambda github: github.check_runs(REPO, SHA),
        f"{SHOP}/commits/{SHA}/check-runs",
        "check_runs",
        {"filter": "all"},
    ),
    Listed(lambda github: github.statuses(REPO, SHA), f"{SHOP}/commits/{SHA}/statuses"),
    Listed(
        lambda github: github.actions_runs(REPO, SHA),
        f"{SHOP}/actions/runs",
        "workflow_runs",
        {"head_sha": SHA},
    ),
]


@pytest.mark.parametrize("listed", LISTS, ids=lambda listed: listed.path)
async def test_a_list_is_read_to_its_last_page(
    github: GitHubGateway, script: Script, listed: Listed
) -> None:
    link = {"link": f'<{script.url}{listed.path}?cursor=xyz&per_page=100>; rel="next"'}
    asking = f"GET {listed.path}"
    pages: list[list[JsonObject]] = [[{"id": 1}, {"id": 2, "new": "field"}], [{"id": 3}]]
    for page, headers in zip(pages, [link, {}], strict=True):
        script.on(asking, {listed.under: page} if listed.under else page, headers=headers)
    assert [item async for item in listed.listing(github)] == [*pages[0], *pages[1]]
    assert [asked.query for asked in script.asked_for(asking)] == [
        {"per_page": "100", **listed.query},
        {"per_page": "100", "cursor": "xyz"},
    ]


async def test_a_list_of_an_installation_is_asked_for_as_it(
    github: GitHubGateway, script: Script
) -> None:
    script.on("GET /installation/repositories", {"repositories": []})
    assert [item async for item in github.repositories(INSTALLATION)] == []
    assert script.the("GET /installation/repositories").bearer == FIRST


async def test_pull_requests_are_no_issues(github: GitHubGateway, script: Script) -> None:
    script.on("GET /repos/acme/shop/issues", [an_issue(pull_request={}), an_issue(number=9)])
    assert [issue["number"] async for issue in github.open_issues(REPO)] == [9]


async def test_a_next_page_is_asked_for_only_where_we_say(
    github: GitHubGateway, script: Script
) -> None:
    link = {"link": '<http://elsewhere.example/repos/acme/shop/pulls?page=2>; rel="next"'}
    script.on("GET /repos/acme/shop/pulls", [{"id": 1}], headers=link)
    script.on("GET /repos/acme/shop/pulls", [{"id": 2}])
    assert [item["id"] async for item in github.open_pull_requests(REPO)] == [1, 2]


@pytest.mark.parametrize("body", [{}, {"check_runs": None}, {"check_runs": {}}, None, 5])
async def test_what_is_no_list_is_refused(
    github: GitHubGateway, script: Script, body: object
) -> None:
    script.on(f"GET /repos/acme/shop/commits/{SHA}/check-runs", body)
    with pytest.raises(Refused, match="should be a list"):
        [item async for item in github.check_runs(REPO, SHA)]
