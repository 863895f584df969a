import time

import pytest

from events.github.mentions import MAX_TEXT, closing_issue_numbers, mentions_copilot

NAME = "Orbit-Works/rocket"


KEYWORDS = [
    *("close", "closes", "closed"),
    *("fix", "fixes", "fixed"),
    *("resolve", "resolves", "resolved"),
]


@pytest.mark.parametrize("keyword", KEYWORDS)
@pytest.mark.parametrize("written", ["{} #7", "{}: #7", "{}  #7", "So this ({} #7)."])
def test_every_keyword_closes(keyword: str, written: str) -> None:
    assert closing_issue_numbers(written.format(keyword), NAME) == (7,)
    assert closing_issue_numbers(written.format(keyword.capitalize()), NAME) == (7,)


@pytest.mark.parametrize(
    "text",
    [
        "Fixes orbit-works/Rocket#7",
        "Fixes https://github.com/orbit-works/rocket/issues/7",
        "Fixes https://github.example.com/orbit-works/rocket/issues/7.",
        "closes #7, closes #7",
        "`x` fixes #7 <!-- fixes #8 -->",
    ],
)
def test_an_issue_is_named_by_number_by_repository_or_by_address(text: str) -> None:
    assert closing_issue_numbers(text, NAME) == (7,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "see #7",
        "prefixes #7",
        "quick-fix #7",
        "fixes#7",
        "fixes\n#7",
        "fixes issue #7",
        "fixes #7th",
        "fixes #12345678901",
        "fixes other/rocket#7",
        "fixes https://github.com/other/rocket/issues/7",
        "fixes x/orbit-works/rocket#7",
        "fixes https://github.com/x/orbit-works/rocket/issues/7",
        "fixes /issues/7",
        "<!-- fixes #7 -->",
        "<!-- fixes #7",
        "`fixes #7`",
        "```\nfixes #7\n```",
        "```\nfixes #7",
    ],
)
def test_anything_else_closes_nothing(text: str) -> None:
    assert closing_issue_numbers(text, NAME) == ()


def test_several_are_sorted() -> None:
    assert closing_issue_numbers("fixes #9, closes #8\nresolves #10", NAME) == (8, 9, 10)


@pytest.mark.parametrize("text", ["@copilot go", "Hey @Copilot, go", "(@copilot)", "go @copilot."])
def test_copilot_is_mentioned(text: str) -> None:
    assert mentions_copilot(text)


@pytest.mark.parametrize(
    "text",
    [None, "", "copilot", "ada@copilot.com", "@copilot-fan", "`@copilot`", "<!--@copilot-->"],
)
def test_copilot_is_not_mentioned(text: str | None) -> None:
    assert not mentions_copilot(text)


@pytest.mark.parametrize(
    "piece", ["<!--", "```", "`", "#1", "fixes #1 ", "@copilot", "/issues/1", "fixes ", "https://"]
)
def test_the_worst_text_is_read_in_no_time(piece: str) -> None:
    text = (piece * MAX_TEXT)[:MAX_TEXT]
    start = time.process_time()

    closing_issue_numbers(f"{text} fixes #7", NAME)
    mentions_copilot(f"{text} @copilot")

    assert time.process_time() - start < 2
