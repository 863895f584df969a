"""The pages that the server makes have the dashboard's colours."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "src" / "api" / "pages" / "assets" / "pages.css"
TOKENS = ROOT / "web" / "src" / "app.css"
_PAIR = re.compile(r"light-dark\(([^()]*)\)")


def pairs(sheet: Path) -> set[str]:
    """Return each pair of colours, long and in one way of writing."""
    found = _PAIR.findall(sheet.read_text(encoding="utf-8").lower())
    return {re.sub(r"#([0-9a-f])([0-9a-f])([0-9a-f])\b", r"#\1\1\2\2\3\3", each) for each in found}


def test_each_colour_of_the_servers_pages_is_a_token_of_the_dashboard() -> None:
    assert len(pairs(PAGES)) > 5
    assert pairs(PAGES) - pairs(TOKENS) == set()
