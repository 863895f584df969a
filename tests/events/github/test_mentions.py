import time

import pytest

from events.github.mentions import MAX_TEXT, closing_issue_numbers, mentions_agent

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
        "Fixes http://github.example.com:8443/orbit-works/rocket/issues/7, at last",
        "Fixes https://github.com/orbit-works/rocket/issues/7#issuecomment-12",
        "Fixes <https://github.com/orbit-works/rocket/issues/7>",
        "`x` fixes #7 <!-- fixes #8 -->",
        "fixes GH-7",
        "Fixes: gh-7.",
        "FIXES #7",
        "fixes <!-- by hand --> #7",
        "- [x] fixes #7",
        "fixes #7, #8 and #9",
    ],
)
def test_an_issue_is_named_by_number_by_repository_or_by_address(text: str) -> None:
    assert closing_issue_numbers(text, NAME) == (7,)


@pytest.mark.parametrize(
    "text",
    [
        "**Fixes** #7",
        "**Fixes:** #7",
        "**Fixes**: #7",
        "Fixes **#7**",
        "**Fixes #7**",
        "***Fixes #7.***",
        "_closes_ #7",
        "__closes__ #7",
        "closes _#7_",
        "*closes*: *#7*",
        "~~closes #7~~",
        "<b>Fixes</b> #7",
        "fixes **orbit-works/rocket#7**",
        "fixes __GH-7__",
    ],
)
def test_bold_and_italics_are_no_hindrance(text: str) -> None:
    assert closing_issue_numbers(text, NAME) == (7,)


@pytest.mark.parametrize(
    "text",
    [
        "Fixes [#7](https://github.com/orbit-works/rocket/issues/7)",
        "Fixes: **[#7](https://github.com/orbit-works/rocket/issues/7)**",
        "**Fixes** [the bug](https://github.com/orbit-works/rocket/issues/7).",
        "fixes [[7] the _bug_](<https://github.com/orbit-works/rocket/issues/7>)",
        'fixes [it](https://github.com/orbit-works/rocket/issues/7 "the bug")',
        "fixes [#8](https://github.com/orbit-works/rocket/issues/7)",
    ],
)
def test_a_link_names_what_it_leads_to(text: str) -> None:
    assert closing_issue_numbers(text, NAME) == (7,)


@pytest.mark.parametrize(
    "hidden",
    [
        "~~~\nfixes #7\n~~~",
        "~~~\nfixes #7\n```\nfixes #7",
        "````text\n```\nfixes #7\n```\nfixes #7\n````",
        "- so:\n\n  ```\n  fixes #7\n  ```",
        "1. ```\n   fixes #7\n   ```",
        "so:\n\n    fixes #7\n\n    fixes #7",
        "so:\n\n\tfixes #7",
        "- so:\n\n      fixes #7",
        "``fixes #7``",
        "`` ` fixes #7 ``",
        "`one\nfixes #7`",
        "<pre>fixes #7\n\nfixes #7</pre>",
        "<code>fixes #7</code>",
        "<!--\n```\n\nfixes #7\n-->",
        "so <!-- fixes #7\n\nfixes #7 -->",
        "> fixes #7",
        ">fixes #7\nfixes #7",
        "> > fixes #7",
        "- > fixes #7",
        "> ```\n> fixes #7",
        "<blockquote>fixes #7</blockquote>",
        "<blockquote>\n\nfixes #7\n\n</blockquote>",
    ],
)
def test_what_is_code_a_comment_or_a_quote_closes_nothing(hidden: str) -> None:
    assert closing_issue_numbers(hidden, NAME) == ()
    assert closing_issue_numbers(f"fixes #1\n\n{hidden}", NAME) == (1,)


@pytest.mark.parametrize(
    "before",
    [
        "~~~\nfixes #8\n~~~\n",
        "```sh\nfixes #8\n```  \n",
        "```fixes #8``` and\n",
        "`` ` fixes #8 `` ",
        "` and\n\n` ",
        "- one\n\n    ",
        "1) one\n    ",
        "one\n    ",
        "> fixes #8\n\n",
        "> fixes #8\n- ",
        "> fixes #8\n# ",
        "<!-- fixes #8 --> ",
        "<!--> ",
        "<!--\nfixes #8 -->",
        "so\r\n\r\n> fixes #8\r\n\r\n",
        "`<!--` ",
    ],
)
def test_what_follows_code_comments_or_quotes_counts(before: str) -> None:
    assert closing_issue_numbers(f"{before}fixes #7", NAME) == (7,)


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
        "fixes #7_b",
        "fixes GH7",
        "fixes GH-7b",
        "a_fixes #7",
        "fixes `x` #7",
        "fixes [the bug](https://github.com/other/rocket/issues/7)",
        "fixes [#7](https://github.com/other/rocket/issues/7)",
        "fixes [#7](https://example.com/)",
        "fixes [#7]",
        "fixes https://github.com/orbit-works/rocket/pull/7",
        "fixes https://github.com/orbit-works/rocket/issues/7/events",
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


@pytest.mark.parametrize(
    "text",
    [
        "@copilot go",
        "Hey @Copilot, go",
        "(@copilot)",
        "go @copilot.",
        "> so\n@copilot",
        "> @copilot",
    ],
)
def test_copilot_is_mentioned(text: str) -> None:
    assert mentions_agent(text)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "copilot",
        "ada@copilot.com",
        "@copilot-fan",
        "`@copilot`",
        "<!--@copilot-->",
        "~~~\n@copilot",
    ],
)
def test_copilot_is_not_mentioned(text: str | None) -> None:
    assert not mentions_agent(text)


@pytest.mark.parametrize(
    "piece",
    [
        *("<!--", "```", "`", "#1", "fixes #1 ", "@copilot", "/issues/1", "fixes ", "https://"),
        *("fixes [", "fixes [[a]", "fixes **", "fixes _", "fixes a/", "fixes https://a/b/", "- "),
        *(
            "<pre ",
            "<code>",
            "> ",
            ">\n",
            "~~~\n",
            "```\n~~~\n",
            "1. ",
            "\n    ",
            "<blockquote ",
            "`\n\n",
        ),
        *("fix" * 9, "fixes\t", "`a``b```", "<!-- -->", "fixes [a](https://", "*_", "</b>"),
    ],
)
def test_the_worst_text_is_read_in_no_time(piece: str) -> None:
    text = (piece * MAX_TEXT)[:MAX_TEXT]
    start = time.process_time()

    closing_issue_numbers(f"{text} fixes #7", NAME)
    mentions_agent(f"{text} @copilot")

    assert time.process_time() - start < 2
