"""Strangers' words in our comments: shown, and unable to do anything."""

import re

from hypothesis import given
from hypothesis import strategies as st

from aggregates.decisions.quoting import fenced, inline
from events.github.mentions import closing_issue_numbers, mentions_agent

HERE = "orbit-works/rocket"
words = st.lists(
    st.sampled_from(
        [
            *("@copilot", "@Copilot", "@ada", "fixes #1", "Closes: #2", "resolve GH-3", "#4"),
            *("fixes orbit-works/rocket#5", "```", "~~~", "`", "<!--", "-->", "</details>", "\n"),
            *(
                "closes https://github.com/orbit-works/rocket/issues/6",
                "[x](http://a.b)",
                "![",
                " ",
            ),
            *("www.example.com", "> ", "    ", "- ", "\t", "fixed", "#"),
        ]
    )
    | st.text(max_size=4),
    max_size=30,
).map("".join)


@given(words)
def test_what_is_fenced_mentions_and_closes_nothing(text: str) -> None:
    block = fenced(text)
    for shown in (block, block.replace("`", "").replace("~", "")):  # even if it were no code
        assert not mentions_agent(shown)
        assert closing_issue_numbers(shown, HERE) == ()
    assert not re.search(r"@\w|#\d|<!--|://|<\w", block)


@given(words)
def test_what_is_fenced_does_not_end_the_fence(text: str) -> None:
    first, *inner, last = fenced(text).split("\n")
    assert re.fullmatch(r"`{3,}text", first)
    assert last == first.removesuffix("text")
    assert not any(last in line for line in inner)


@given(words)
def test_what_is_shown_inline_stays_one_piece_of_code(text: str) -> None:
    shown = inline(text, 50)
    assert re.fullmatch(r"(`[^`\n]+`)?", shown)
    assert not mentions_agent(shown.replace("`", ""))
