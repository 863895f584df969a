"""A policy file's YAML is read in one way only, and what is odd is refused with its line."""

import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from aggregates.policy import read_policy
from aggregates.policy.yaml_text import UnreadableYaml, read_yaml
from events.catalogue import Json


def refusal(text: str) -> str:
    with pytest.raises(UnreadableYaml) as refused:
        read_yaml(text)
    return str(refused.value)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("true", True),
        ("True", True),
        ("false", False),
        ("FALSE", False),
        *((word, word) for word in ("off", "on", "yes", "no", "y", "n", "Off", "YES", "tRue")),
        ("'true'", "true"),
        ('"false"', "false"),
        ("null", None),
        ("~", None),
        ("", None),
        ("'null'", "null"),
        ("''", ""),
        ("0", 0),
        ("12", 12),
        ("-3", -3),
        ("+3", 3),
        ("'12'", "12"),
        ("010", "010"),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("190:20", "190:20"),
        ("2026-01-01", "2026-01-01"),
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("999999999999999999", 999999999999999999),
        ("9999999999999999999", 9999999999999999999.0),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("1e999", "1e999"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("=", "="),
        ("<<", "<<"),
    ],
)
def test_a_scalar_is_read_as_yaml_1_2_does(written: str, read: Json) -> None:
    assert read_yaml(f"a: {written}\n") == {"a": read}
    assert type(read_yaml(written)) is type(read)  # 1 and True are equal


def test_the_mode_off_is_a_text() -> None:
    assert read_policy("mode: off").document == {"mode": "off"}


def test_lists_mappings_and_blocks_are_read() -> None:
    text = "a:\n  - x\n  - {b: 1, c: [2, 3]}\nd: |\n  one\n  two\ne: >-\n  one\n  two\n"
    assert read_yaml(text) == {
        "a": ["x", {"b": 1, "c": [2, 3]}],
        "d": "one\ntwo\n",
        "e": "one two",
    }


def test_a_key_is_always_a_text() -> None:
    assert read_yaml("1: a\ntrue: b\nnull: c\n2.50: d\n") == {
        "1": "a",
        "true": "b",
        "null": "c",
        "2.50": "d",
    }


def test_a_merge_key_merges_nothing() -> None:
    assert read_yaml("<<: {a: 1}\nb: 2\n") == {"<<": {"a": 1}, "b": 2}


@pytest.mark.parametrize("text", ["", "\n", "# nothing\n", "---\n", "---\n...\n", "\ufeff", "~"])
def test_empty_text_says_nothing(text: str) -> None:
    assert read_yaml(text) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\nb: &x 2\n", "line 2: no anchors or aliases"),
        ("a: 1\nb: *x\n", "line 2: no anchors or aliases"),
        ("&x a: 1\n", "line 1: no anchors or aliases"),
        ("a: &x [1]\nb: *x\n", "line 1: no anchors or aliases"),
        ("a: 1\nb: !!str 2\n", "line 2: no tags"),
        ("a: !x {b: 1}\n", "line 1: no tags"),
        ("a: ! 2\n", "line 1: no tags"),
        ("!!python/object:os.system {}\n", "line 1: no tags"),
        ("a: 1\n---\nb: 2\n", "line 2: expected a single document in the stream"),
        ("a: 1\nb: 2\na: 3\n", "line 3: this key was given before"),
        ("a: {b: 1, 'b': 2}\n", "line 1: this key was given before"),
        ("? [a]\n: 1\n", "line 1: a key must be a text"),
        ("? {a: 1}\n: 1\n", "line 1: a key must be a text"),
        ("a: 1\n b: 2\n", "line 2: mapping values are not allowed here"),
        ("a: [1\n", "line 2: while parsing a flow sequence"),
        ("a: 'x\n", "line 2: while scanning a quoted scalar"),
        (
            "a: 1\nb: @copilot do\n",
            "line 2: while scanning for the next token, found character '@'",
        ),
        ("a: 1\nb: \0\n", "line 2: a character stands here"),
        ("a: 1\nb: \ud800\n", "line 2: a character stands here"),
        ("a: 1\nb: \x07\n", "line 2: a character stands here"),
        ('a: 1\nb: "\\ud800"\n', "line 2: an escape stands for half a character"),
        ('"\\ud800": 1\n', "line 1: an escape stands for half a character"),
        ('a: 1\nb: "\\U00110000"\n', "line 2: a number is out of range here"),
        ('a: 1\nb: "\\Uffffffff"\n', "line 2: a number is out of range here"),
        (f"%YAML 1.{'9' * 5000}\n---\na: 1\n", "line 1: a number is out of range here"),
    ],
)
def test_what_a_policy_has_no_use_for_is_refused_with_its_line(text: str, says: str) -> None:
    assert refusal(text).startswith(says)


def test_a_text_that_begins_with_an_at_sign_needs_quotes() -> None:
    assert refusal("a: @copilot").endswith("quote a text that begins so")
    assert read_yaml("a: '@copilot'\nb: |\n  @copilot\n") == {"a": "@copilot", "b": "@copilot\n"}


def test_a_duplicate_key_is_named_with_its_section() -> None:
    with pytest.raises(UnreadableYaml) as refused:
        read_yaml("ci:\n  max_attempts: 1\n  max_attempts: 2\n")
    assert refused.value.path == "ci.max_attempts"


def test_twenty_levels_are_read_and_no_more() -> None:
    assert read_yaml("[" * 19 + "1" + "]" * 19) is not None
    assert refusal("[" * 20 + "1" + "]" * 20) == "line 1: nested deeper than 20 levels"
    assert refusal("[" * 60_000) == "line 1: nested deeper than 20 levels"
    assert refusal("\n".join(" " * n + "a:" for n in range(300))).startswith("line 2")


def test_a_thousand_keys_and_values_are_read_and_no_more() -> None:
    assert read_yaml("[" + "1," * 999 + "]") == [1] * 999
    assert refusal("[" + "1," * 1000 + "]") == "line 1: more than 1000 keys and values"


def test_a_list_of_a_thousand_aliases_of_one_another_is_never_unfolded() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"a{n}: [*a, *a]\n" for n in range(1000))
    assert refusal(bomb).startswith("line 1: no anchors or aliases")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[", "line 1: nested deeper than 20 levels"),
        ("{", "line 1: nested deeper than 20 levels"),
        ("[{", "line 1: nested deeper than 20 levels"),
        ("[a,", "line 1: nested deeper than 20 levels"),
        ("\n", "line 5001: more than 5000 lines"),
        ("\r", "line 5001: more than 5000 lines"),
        ("#\n", "line 5001: more than 5000 lines"),
        ("a\n", "line 5001: more than 5000 lines"),
        ("%A\n", "line 5001: more than 5000 lines"),
        ("a\u2028", "line 5001: more than 5000 lines"),
    ],
)
def test_what_would_take_long_is_refused_with_little_work(text: str, why: str) -> None:
    """A longest file of these took up to some seconds; work is counted, as no clock is asked."""
    worked = Counter[str]()

    def count(frame: FrameType, _event: str, _argument: object) -> Callable[..., Any]:
        worked[frame.f_code.co_name] += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        found = refusal(text * (65_536 // len(text.encode())))
    finally:
        sys.settrace(before)
    assert found == why
    assert worked.total() < 20_000, worked.most_common(3)


def test_a_file_of_many_lines_is_read() -> None:
    assert read_yaml("prompts:\n  fix_ci: |\n" + "    a line\n" * 4990) is not None
