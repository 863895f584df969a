"""A change of the rules reaches the pages: whoever makes one raises the version of the lanes.

``python -m tests.projections.lanes.test_version "why no page changes"`` renews the digest where
nothing that is folded, decided or shown comes out otherwise; after raising the version, the same
without a sentence.
"""

import ast
import hashlib
import json
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from projections.lanes.fold import LANES

SOURCE = Path(__file__).parents[3] / "src"
KEPT = Path(__file__).with_name("versions.json")
# What a lane and its pages are made of: reading, folding, rules, and what is stored of them.
MATTERS = (
    "aggregates/**/*.py",
    "events/github/**/*.py",
    "events/reading.py",
    "events/scalars.py",
    "projections/lanes/**/*.py",
    "projections/workflows/agent_work.py",
    "projections/workflows/document.py",
    "projections/workflows/epics.py",
)


def digest() -> str:
    """A digest of the code that matters, whatever is said of it in words."""
    found = hashlib.sha256()
    for path in sorted({path for pattern in MATTERS for path in SOURCE.glob(pattern)}):
        found.update(path.relative_to(SOURCE).as_posix().encode())
        found.update("\n".join(spoken(path.read_text())).encode())
    return found.hexdigest()


def spoken(source: str) -> Iterator[str]:
    """The lines of a module without docstrings, comments of a line's length and empty lines."""
    silent = set(docstring_lines(ast.parse(source)))
    for number, line in enumerate(source.splitlines(), start=1):
        if number not in silent and line.strip() and not line.lstrip().startswith("#"):
            yield line


def docstring_lines(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        first = node.body[0] if node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            yield from range(first.lineno, (first.end_lineno or first.lineno) + 1)


def kept() -> list[dict[str, object]]:
    entries: list[dict[str, object]] = json.loads(KEPT.read_text())
    return entries


def test_the_version_is_raised_where_what_is_folded_or_shown_may_change() -> None:
    newest = kept()[-1]
    assert (newest["version"], newest["digest"]) == (LANES.version, digest()), (
        "what lanes and pages follow from has changed: raise LANES.release, or say why no page "
        f'changes; then python -m {__spec__.name} ["why"]'
    )


def test_a_digest_is_renewed_only_with_a_reason() -> None:
    entries = kept()
    assert [entry["version"] for entry in entries] == sorted(
        int(str(e["version"])) for e in entries
    )
    for before, after in pairwise(entries):
        assert after["version"] != before["version"] or after["why"], after


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('"""Words."""\n\n# more\nX = 1  # kept\n', ["X = 1  # kept"]),
        (
            'def f():\n    """Words\n    of two lines."""\n    return "x"\n',
            ["def f():", '    return "x"'],
        ),
    ],
)
def test_words_are_no_part_of_the_digest(source: str, lines: list[str]) -> None:
    assert list(spoken(source)) == lines


def renew(why: str) -> None:
    entries = [entry for entry in kept() if entry["version"] != LANES.version or why]
    entries.append({"version": LANES.version, "digest": digest(), "why": why})
    KEPT.write_text(json.dumps(entries, indent=2) + "\n")


if __name__ == "__main__":
    renew(" ".join(sys.argv[1:]))
