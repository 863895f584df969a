"""What the documents say that can be held against the code."""

import asyncio
import re
from pathlib import Path

import typer

from api.app import create_app
from runtime.cli.main import app as command_line
from runtime.settings import Settings
from runtime.wiring import wire

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
THREATS = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(tests/[\w/]+(?:\.py|/))`")
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
MANY = 40  # as many are found at least, if they are looked for at all


def names(text: str) -> set[str]:
    return set(re.findall(r"ORCHESTRATOR_[A-Z_]+", text))


def settings() -> set[str]:
    return {f"ORCHESTRATOR_{name.upper()}" for name in Settings.model_fields}


def nameless(path: str) -> str:
    return re.sub(r"\{\w+\}", "{}", path)


def test_every_setting_is_documented_and_no_other() -> None:
    assert names(SETTINGS) == settings()


def test_the_example_file_has_every_setting() -> None:
    assert names((ROOT / ".env.example").read_text(encoding="utf-8")) == settings()


def test_the_defaults_in_the_documents_are_the_defaults() -> None:
    row = re.search(r"`ORCHESTRATOR_DATABASE_URL` \| `([^`]+)`", SETTINGS)
    assert row is not None
    assert row[1] == Settings.model_fields["database_url"].default


def test_the_readme_lists_every_command_and_no_other() -> None:
    table = README.split("## The command line")[1].split("## ")[0]
    listed = set(re.findall(r"^\| `(\w+)", table, re.MULTILINE))
    assert listed == set(typer.main.get_group(command_line).commands)


def test_the_readme_lists_every_path_of_the_api(tmp_path: Path) -> None:
    process = wire(Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'log.db'}"))
    served = create_app(process.services).openapi()["paths"]
    asyncio.run(process.database.close())
    section = README.split("## What it answers")[1].split("## ")[0]
    table = "".join(line for line in section.splitlines() if line.startswith("|"))
    listed = re.findall(r"`(?:POST |GET |DELETE |PUT )?(/[a-z/{}-]+)", table)
    assert {nameless(path) for path in listed} == {nameless(path) for path in served}


def test_every_test_that_the_architecture_and_the_threat_model_name_is_there() -> None:
    named = NAMED.findall(ARCHITECTURE) + NAMED.findall(THREATS)
    assert len(named) > MANY
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_line_of_the_threat_model_names_its_test() -> None:
    rows = [line for line in THREATS.splitlines() if line.startswith("| ")]
    claims = [line for line in rows if not line.endswith("| test |")]
    assert [line for line in claims if not NAMED.search(line)] == []


def test_every_relative_link_leads_somewhere() -> None:
    links = [
        (file, target) for file in DOCUMENTS for target in LINK.findall(file.read_text("utf-8"))
    ]
    assert len(links) > MANY
    lost = [f"{file}: {to}" for file, to in links if not (file.parent / to).exists()]
    assert lost == []
