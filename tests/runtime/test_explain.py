"""``explain`` tells a person why a workflow is where it is, by asking the server that runs."""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from tests.databases import SqliteTemplate
from tests.service import TOKEN, Started, run, signed, started, until
from tests.worlds.stories import the_whole_story
from tests.worlds.world import World


@dataclass
class Story:
    """A running service that was told of failed checks, and the name of their repository."""

    service: Started
    name: str
    told: int
    hostile: int

    def explain(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command in an empty folder, with the admin token in its settings."""
        away = {"database_url": "sqlite+aiosqlite:///nowhere/at.db"}
        return run(folder, "explain", *arguments, "--url", self.service.url, **away)


@pytest.fixture(scope="module")
def story(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: SqliteTemplate
) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("service")
    world = World()
    red = next(each for each in the_whole_story(world) if each.name == "CI is red")
    places = [*range(red.deliveries.stop), len(world.deliveries)]
    repository = world.repositories[0]
    hostile = repository.open_issue("Red \x1b[31malert", labels=("status:queued",))
    positions: list[int] = []  # what the service itself says comes between
    with started(folder, sqlite_template.clone(folder)) as service:
        for place in places:
            event, payload = world.sent[place]
            body = json.dumps(payload).encode()
            headers = signed(event, body, str(world.deliveries[place].id))
            answer = httpx2.post(
                f"{service.url}/api/webhooks/github", content=body, headers=headers
            )
            assert answer.status_code == 202
            positions.append(answer.json()["position"])
        path = f"{service.url}/api/repositories?min_position={positions[-1]}"
        held = {"Authorization": f"Bearer {TOKEN}"}
        until(lambda: httpx2.get(path, headers=held, timeout=30).is_success)
        yield Story(service, repository.full_name, positions[-2], hostile.number)


def test_it_says_the_stage_why_and_what_led_there(story: Story, tmp_path: Path) -> None:
    shown = story.explain(tmp_path, f"{story.name}#1", "--as-of", str(story.told))
    assert (shown.returncode, shown.stderr) == (0, "")
    lines = [line.strip() for line in shown.stdout.splitlines()]
    assert lines[0].startswith(f"{story.name}#1 ")
    assert lines[1].startswith("ci_failed: checks failed on ")
    assert "waits for copilot: to mend the checks" in lines
    assert (
        "yes  ci_failed: a required check of the head failed, whether it is a draft or not" in lines
    )
    assert any(line.startswith("checks failed: test  (event ") for line in lines)
    assert "no   merged: not so: its pull request was merged" in lines
    assert "no   ask to fix ci: Copilot's round on the pull request is not over" in lines
    assert any("  stage     ci_failed: checks failed on " in line for line in lines)
    assert "\x1b" not in shown.stdout


def test_the_words_of_others_move_nothing_on_a_terminal(story: Story, tmp_path: Path) -> None:
    shown = story.explain(tmp_path, f"{story.name.upper()}#{story.hostile}")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "Red \N{REPLACEMENT CHARACTER}[31malert" in shown.stdout.splitlines()[0]
    assert "\x1b" not in shown.stdout


def test_as_json_it_is_what_the_server_answers(story: Story, tmp_path: Path) -> None:
    shown = story.explain(tmp_path, f"{story.name}#1", "--as-of", str(story.told), "--json")
    found = json.loads(shown.stdout)
    assert (found["position"], found["workflow"]["stage"]) == (story.told, "ci_failed")


@pytest.mark.parametrize(
    ("which", "more", "error"),
    [
        ("nobody/nothing#1", (), "knows no repository nobody/nothing"),
        ("{name}#99", (), "issue 99 is no workflow here"),
        ("{name}#1", ("--as-of", "0"), "issue 1 is no workflow here"),
        ("{name}#1", ("--url", "http://127.0.0.1:9"), "nothing answers at http://127.0.0.1:9"),
    ],
)
def test_what_cannot_be_explained_is_one_line(
    story: Story, tmp_path: Path, which: str, more: tuple[str, ...], error: str
) -> None:
    arguments = (which.format(name=story.name), "--url", story.service.url, *more)
    shown = run(tmp_path, "explain", *arguments, database_url="sqlite+aiosqlite:///nowhere/at.db")
    assert (shown.returncode, shown.stdout) == (1, "")
    assert shown.stderr.startswith("error: ")
    assert error in shown.stderr
    assert len(shown.stderr.splitlines()) == 1


def test_what_is_no_issue_is_a_wrong_call(tmp_path: Path) -> None:
    shown = run(tmp_path, "explain", "acme/shop", database_url="sqlite+aiosqlite:///nowhere/at.db")
    assert shown.returncode == 2
    assert "write OWNER/NAME#NUMBER" in shown.stderr
