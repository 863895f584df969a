"""A finding is a line that any terminal may show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.doctor.finding import Finding, ok, problem, skipped, warning


@pytest.mark.parametrize(
    ("finding", "state"),
    [
        (ok("x", "found", "it"), "ok"),
        (warning("x", "found", "do", "it"), "warning"),
        (problem("x", "found", "do", "it"), "problem"),
        (skipped("x", "found", "do", "it"), "skipped"),
    ],
)
def test_a_finding_is_named_by_how_bad_it_is(finding: Finding, state: str) -> None:
    assert (finding.check, finding.state, finding.found) == ("x", state, "found")
    assert finding.about == "it"


@given(st.text(max_size=2000))
def test_whatever_a_server_says_stays_one_line_without_control_characters(words: str) -> None:
    finding = problem("x", words, words, words)
    for text in (finding.found, finding.advice, finding.about):
        assert text == "" or text.isprintable()
        assert len(text) <= 400


def test_words_stay_words() -> None:
    assert ok("x", " GitHub\n\tsays:\x1b[31m  no ").found == "GitHub says: [31m no"
