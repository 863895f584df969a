"""The agents beside Copilot: a file, read whole or refused by its first field that does not fit."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from events.github.agents import COPILOT, COPILOT_ALONE, known_agents, reading_by
from runtime.agents_file import MAX_BYTES, AgentsFileUnfit, read_agents, settle_agents_of
from runtime.settings import Settings
from tests.service import run

on_one_database = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

SCRIBE = """\
agents:
  - name: scribe
    title: Scribe
    user_id: 4321
    login: "scribe-agent[bot]"
    mention: Scribe
    branch: "scribe/"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "agents.yml"


def test_without_a_file_there_is_copilot_alone() -> None:
    assert read_agents(None) == COPILOT_ALONE


def test_a_file_adds_agents_to_copilot(file: Path) -> None:
    file.write_text(SCRIBE + '  - {name: bare, user_id: 5, login: "bare[bot]"}\n')
    copilot, scribe, bare = read_agents(file).rows
    assert copilot is COPILOT
    assert (scribe.user_id, scribe.login, scribe.mention) == (4321, "scribe-agent[bot]", "scribe")
    assert (bare.title, bare.mention, bare.branch) == ("Bare", None, "")


def test_a_process_reads_by_the_file_that_its_settings_name(file: Path) -> None:
    file.write_text(SCRIBE)
    with reading_by(COPILOT_ALONE):
        settle_agents_of(Settings(_env_file=None, agents_file=file))
        assert [each.name for each in known_agents().rows] == ["copilot", "scribe"]


def unfit() -> Iterator[tuple[str, str]]:
    """What a file may say, and what is told of it: where, and why."""
    yield "", "the file: it must be a mapping, as docs/agents.md shows it"
    yield "agents: []", "agents: List should have at least 1 item"
    yield "agents: [1]", "agents[0]: it must be a mapping, as docs/agents.md shows it"
    yield "agents: [", "line "
    yield "robots: []", "agents: Field required (and 1 more)"
    for name, value in {
        "name": ["Scribe", "a b", ""],
        "title": ['"\\u0007"', "x" * 51],
        "user_id": ["0", "true", "many", str(2**60)],
        "login": ['""', "x" * 101],
        "mention": ["'@scribe'", "a.b", "''"],
        "branch": ["7"],
        "color": ["blue"],
    }.items():
        for each in value:
            yield _with(name, each), f"agents[0].{name}: "
    twice = SCRIBE + SCRIBE.removeprefix("agents:\n")
    yield twice, "agents[1].name: there is an agent scribe already"
    yield twice.replace("name: scribe", "name: other", 1), "agents[1].user_id: 4321 is another"
    copilot = SCRIBE.replace("4321", str(COPILOT.user_id))
    yield copilot, f"agents[0].user_id: {COPILOT.user_id} is another agent's already"
    yield SCRIBE.replace("mention: Scribe", "mention: Copilot"), "agents[0].mention: @copilot tells"
    yield "#" * (MAX_BYTES + 1), f"has more than {MAX_BYTES} bytes"


def _with(name: str, value: str) -> str:
    lines = [line for line in SCRIBE.splitlines() if f"    {name}:" not in line]
    if name == "name":
        lines[1] = f"  - name: {value or '~'}"
        return "\n".join(lines)
    return "\n".join([*lines, f"    {name}: {value}"])


def test_what_does_not_fit_is_refused_by_its_field(file: Path) -> None:
    told = {}
    for text, expected in unfit():
        file.write_text(text)
        with pytest.raises(AgentsFileUnfit) as refused:
            read_agents(file)
        if f"ORCHESTRATOR_AGENTS_FILE: agents.yml: {expected}" not in str(refused.value):
            told[text] = str(refused.value)
    assert set(told) == {"#" * (MAX_BYTES + 1)}
    assert "agents.yml has more than" in told.popitem()[1]


def test_a_file_that_cannot_be_read_is_said_so(tmp_path: Path, file: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    file.write_bytes(b"agents: \xff")
    for path in (tmp_path / "absent.yml", tmp_path, tmp_path / "pipe", file):
        with pytest.raises(AgentsFileUnfit, match=rf"ORCHESTRATOR_AGENTS_FILE.*{path.name}"):
            read_agents(path)


@on_one_database
def test_nothing_starts_with_a_file_that_does_not_fit(
    tmp_path: Path, file: Path, database_url: str
) -> None:
    file.write_text(SCRIBE.replace("4321", "many"))
    given: dict[str, Any] = {"database_url": database_url, "agents_file": str(file)}
    ended = run(tmp_path, "start", "--port", "0", **given)
    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    assert line.startswith("error: ORCHESTRATOR_AGENTS_FILE: agents.yml: agents[0].user_id: ")
