"""What is written to Copilot: the policy's template, and no word of whoever names a check."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.aggregates.builders import HEAD, PULL, a_check, a_review_seen
from tests.aggregates.decisions.conducted import conducted, only, recorded
from tests.aggregates.decisions.pulls import FAILED, PASSED, a_ready, moved, refused

FIX = "{issue}|{pull_request}|{head_sha}|{attempt}|{attempts}|{failed}"
ADDRESS = "{issue}|{pull_request}|{reviewers}|{round}|{rounds}|{reviews}"


def asking(*names: str, template: str = "{failed}") -> str:
    lane = a_ready(*(a_check(name, "failure") for name in names))
    return str(only(conducted(lane, prompts={"fix_ci": template})).parameters["body"])


def test_every_field_of_asking_to_mend_checks_is_filled_in() -> None:
    lane = conducted(a_ready(FAILED, a_check("lint", "failure")), prompts={"fix_ci": FIX})
    body = only(lane).parameters["body"]
    assert body == f"1|{PULL}|{HEAD}|1|3|`lint`, `test`"
    body = only(moved(recorded(lane))).parameters["body"]
    assert "|2|3|" in str(body)


def test_every_field_of_asking_to_address_reviews_is_filled_in() -> None:
    reviews = (
        a_review_seen("changes_requested", id=5, author_login="ravi"),
        a_review_seen("changes_requested", id=6, author=201, author_login="rosa"),
    )
    lane = conducted(a_ready(PASSED, reviews=reviews), prompts={"address_review": ADDRESS})
    assert only(lane).parameters["body"] == (
        f"1|{PULL}|ravi, rosa|1|3|"
        "[review 5](#pullrequestreview-5), [review 6](#pullrequestreview-6)"
    )


def test_a_reviewer_without_a_name_is_a_reviewer() -> None:
    lane = conducted(refused(), prompts={"address_review": "{reviewers}"})
    assert only(lane).parameters["body"] == "a reviewer"


@pytest.mark.parametrize("kind", ["fix_ci", "address_review"])
def test_the_text_of_the_house_tells_copilot_to_work(kind: str) -> None:
    lane = conducted(a_ready(FAILED) if kind == "fix_ci" else refused())
    assert str(only(lane).parameters["body"]).startswith("@copilot ")


def test_of_very_many_checks_the_first_are_named() -> None:
    body = asking(*(f"check-{number:02}" for number in range(25)))
    assert body.count("`check-") == 20
    assert body.endswith("`check-19` and 5 more")


def test_a_template_that_repeats_a_field_makes_no_longer_comment_than_github_takes() -> None:
    """It would be an event of megabytes, and refused."""
    names = [f"{number}" * 100 for number in range(10, 40)]
    body = asking(*names, template="{failed}" * 499)
    assert len(body) == 60_000
    assert body.startswith("`1010")


def test_a_long_name_is_cut_and_an_empty_one_named() -> None:
    assert asking("x" * 300) == f"`{'x' * 100}`"
    assert asking("```") == "`a check without a name`"


@given(
    st.lists(
        st.text(alphabet="`@ab\n\r\u2028\u200b\x00<-!{}", max_size=120), min_size=1, max_size=4
    )
)
def test_a_check_never_breaks_out_of_its_quotes(names: list[str]) -> None:
    body = asking(*names)
    quoted = r"`[^`\r\n\u2028]+`"
    assert re.fullmatch(rf"{quoted}(, {quoted})*( and \d+ more)?", body)


@given(st.text(alphabet="`@ab{}", min_size=1))
def test_outside_of_quotes_only_the_template_speaks(name: str) -> None:
    body = asking(name, template="{{x}} {failed} @copilot")
    outside = "".join(body.split("`")[::2])
    assert outside == "{x}  @copilot"
