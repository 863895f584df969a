"""The whole loop over real HTTP, with a real service: everything is done, and done once."""

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from tests.loop.endings import done_once, every_action, known_as_it_is, workflows
from tests.loop.town import Town, a_plan, a_town, on_one_database
from tests.service import run

pytestmark = [pytest.mark.anyio, on_one_database]

ISSUES = 10
MOST_SECONDS = 150.0
SIGNING_IN = ("POST", "/app/installations/{installation_id}/access_tokens")


async def test_ten_issues_in_three_repositories_are_all_done_and_nothing_is_done_twice(
    tmp_path: Path, database_url: str
) -> None:
    async with a_town(tmp_path, database_url, a_plan(ISSUES, seed=11)) as town:
        async with town.service() as client:
            await town.all_done(MOST_SECONDS)
            await town.settled(client)
            await done_once(town, client)
            await known_as_it_is(town, client, seconds=0)
            actions = await every_action(client)
            told = await workflows(town, client)
        asked = [each for each in actions if each["kind"] != "set_label"]
        assert {e["state"] for e in asked if e["outcome"] == "succeeded"} == {"confirmed"}
        assert town.github.manual_steps == steps_wanted(town)
        await replayed_without_a_request(town)
        changed = changes(town)
        assert changed.total() > ISSUES
        async with town.service() as client:
            await town.settled(client)
            assert await workflows(town, client) == told
            assert await every_action(client) == actions
        assert changes(town) == changed


def steps_wanted(town: Town) -> dict[tuple[str, int], list[str]]:
    """A review and a merge for each issue, and one more review for each that wanted changes."""
    return {
        (repository.full_name, issue.number): [*["review"] * reviews_of(issue.title), "merge"]
        for repository in town.repositories()
        for issue in repository.issues
    }


def reviews_of(title: str) -> int:
    [script] = [
        issue.script
        for plan in a_plan(ISSUES, seed=11).repositories
        for issue in plan.issues
        if issue.title == title
    ]
    return max(1, len(script.reviews))


async def replayed_without_a_request(town: Town) -> None:
    """Build everything again from the log, with every credential at hand."""
    before = town.github.served.copy()
    settings = town.settings | {"database_url": town.database_url}
    for arguments in (("replay",), ("replay", "--check")):
        ran = await asyncio.to_thread(run, town.folder, *arguments, **settings)
        assert ran.returncode == 0, ran.stderr
    assert town.github.served == before


def changes(town: Town) -> Counter[tuple[str, str]]:
    """How many requests could change something at GitHub."""
    served = town.github.served
    return Counter(
        {of: n for of, n in served.items() if of[0] not in ("GET", "HEAD") and of != SIGNING_IN}
    )
