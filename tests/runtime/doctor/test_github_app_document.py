"""docs/github-app.md asks for what the doctor looks for."""

import re
from pathlib import Path

from runtime.doctor import needs
from runtime.doctor.hook import RECEIVER
from runtime.settings import Settings

DOCUMENT = (Path(__file__).parents[3] / "docs" / "github-app.md").read_text(encoding="utf-8")


def rows(title: str) -> list[tuple[str, ...]]:
    """Return the rows of the table below a title."""
    section = DOCUMENT.split(f"### {title}\n")[1].split("\n#")[0]
    found = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:3] == "| `"]
    return [tuple(cell.strip("`") for cell in row) for row in found]


def yes(*, required: bool) -> str:
    return "yes" if required else "no"


def test_it_has_every_permission_and_no_other() -> None:
    assert rows("Repository permissions") == [
        (each.name, each.level, yes(required=each.required), each.purpose, each.without)
        for each in needs.PERMISSIONS
    ]


def test_it_has_every_event_and_no_other() -> None:
    assert rows("Events") == [
        (each.name, each.permission, yes(required=each.required), each.purpose)
        for each in needs.EVENTS
    ]


def test_what_always_comes_is_named() -> None:
    assert all(f"`{name}`" in DOCUMENT for name in needs.ALWAYS_HEARD - {"ping"})


def test_its_settings_and_its_address_are_ours() -> None:
    named = {name.lower() for name in re.findall(r"ORCHESTRATOR_([A-Z_]+)", DOCUMENT)}
    assert named <= set(Settings.model_fields)
    assert f"https://<your host>{RECEIVER}`" in DOCUMENT
