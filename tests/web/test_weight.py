"""How much script a first visit loads."""

import gzip
import re

from tests.web.browser import ROOT

BUILD = ROOT / "web" / "build"
MOST = 150_000  # bytes of script, compressed


def test_the_first_load_is_under_its_budget_of_script() -> None:
    page = (BUILD / "page.html").read_text(encoding="utf-8")
    loaded = set(re.findall(r'"/(_app/immutable/[\w./-]+\.js)"', page))
    assert loaded
    # What a view itself adds is loaded with it; the largest counts.
    views = (BUILD / "_app" / "immutable" / "nodes").glob("*.js")
    largest = max(views, key=lambda file: file.stat().st_size)
    files = {*(BUILD / name for name in loaded), largest}
    weights = {file.name: len(gzip.compress(file.read_bytes(), 9)) for file in files}
    assert sum(weights.values()) < MOST, weights
