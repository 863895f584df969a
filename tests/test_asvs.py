"""docs/asvs.md against the standard's numbers, and against the tests that it names."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENT = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
# What is built beside this and will name its tests here; in the end nothing is left of it.
# Levels 1 and 2 of ASVS 5.0.0: of each section the requirements, which have no hole within these.
SECTIONS = {
    "1": {1: 2, 2: 9, 3: 11, 4: 3, 5: 2},
    "2": {1: 3, 2: 3, 3: 4, 4: 1},
    "3": {2: 2, 3: 4, 4: 6, 5: 5, 7: 2},
    "4": {1: 3, 2: 1, 3: 2, 4: 4},
    "5": {1: 1, 2: 3, 3: 2, 4: 3},
    "6": {1: 3, 2: 12, 3: 4, 4: 4, 5: 5, 6: 3, 8: 4},
    "7": {1: 3, 2: 4, 3: 2, 4: 5, 5: 2, 6: 2},
    "8": {1: 2, 2: 3, 3: 1, 4: 1},
    "9": {1: 3, 2: 4},
    "10": {1: 2, 2: 2, 3: 4, 4: 11, 5: 5, 6: 2, 7: 3},
    "11": {1: 2, 2: 3, 3: 3, 4: 4, 5: 1, 6: 1},
    "12": {1: 3, 2: 2, 3: 4},
    "13": {1: 1, 2: 5, 3: 2, 4: 5},
    "14": {1: 2, 2: 4, 3: 3},
    "15": {1: 3, 2: 3, 3: 7},
    "16": {1: 1, 2: 5, 3: 4, 4: 3, 5: 3},
    "17": {1: 1, 2: 4, 3: 2},
}
STANDARD = [
    f"{chapter}.{section}.{number}"
    for chapter, sections in SECTIONS.items()
    for section, most in sections.items()
    for number in range(1, most + 1)
]
ROW = re.compile(
    r"^\| (\d+\.\d+\.\d+)(?: to (\d+\.\d+\.\d+))? \|[^|]*"
    r"\| (met|partly|open|none here) \| (.+) \|$",
    re.MULTILINE,
)
SHORTEST_REASON = 16  # letters; what is awaited says from whom
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
Row = tuple[list[str], str, str]


def rows() -> list[Row]:
    return [
        (between(first, last or first), verdict, reason)
        for first, last, verdict, reason in ROW.findall(DOCUMENT)
    ]


def between(first: str, last: str) -> list[str]:
    return STANDARD[STANDARD.index(first) : STANDARD.index(last) + 1]


def test_each_requirement_of_the_standard_is_there_once_and_in_its_order() -> None:
    assert len(STANDARD) == 253
    assert [number for numbers, _, _ in rows() for number in numbers] == STANDARD


def test_every_test_that_it_names_is_there() -> None:
    lost = [f"{path}::{name}" for path, name in NAMED.findall(DOCUMENT) if not has(path, name)]
    assert lost == []


def has(path: str, name: str) -> bool:
    text = (ROOT / path).read_text(encoding="utf-8")
    return re.search(rf"^(?:async )?def {name}\(", text, re.MULTILINE) is not None


def test_what_is_met_has_a_test_or_a_reason() -> None:
    bare = [
        numbers
        for numbers, verdict, reason in rows()
        if verdict == "met" and not NAMED.search(reason) and len(reason) < SHORTEST_REASON
    ]
    assert bare == []


def test_what_is_not_fulfilled_is_gathered_at_its_end() -> None:
    end = DOCUMENT.split("## What is not fulfilled")[1]
    for verdict in ("open", "partly"):
        [told] = re.findall(rf"^\| {verdict} \| (.+) \|$", end, re.MULTILINE)
        assert told.split(", ") == [numbers[0] for numbers, found, _ in rows() if found == verdict]


def test_nothing_is_still_to_come() -> None:
    assert "[to come" not in DOCUMENT
