"""Which issues the text of a pull request closes, as GitHub reads it."""

import re

_NOT_PROSE = re.compile(
    r"<!--.*?-->"  # a comment
    r"|^(?P<fence>```+|~~~+).*?(?:^(?P=fence)|\Z)"  # a block of code
    r"|^[ ]{0,3}>.*?$"  # a quotation
    r"|(?P<tick>`+).+?(?P=tick)",  # code within a line
    re.DOTALL | re.MULTILINE,
)
_LINK = re.compile(r"\[(?P<text>[^\]]*)\]\((?P<url>[^)\s]*)\)")
_MARKUP = re.compile(r"(?<!\w)[*_]{1,3}|[*_]{1,3}(?!\w)")
_KEYWORD = re.compile(
    r"(?<![\w-])(?:close[sd]?|fix(?:es|ed)?|resolve[sd]?):?\s+"
    r"(?:(?:https?://github\.com/(?P<at>[\w.-]+/[\w.-]+)/issues/)"
    r"|(?P<in>[\w.-]+/[\w.-]+)?\#|GH-)(?P<number>\d+)\b",
    re.IGNORECASE,
)
_MENTION = re.compile(r"(?<![\w/])#(?P<number>\d+)\b")


def closed_by(text: str | None, full_name: str) -> set[int]:
    """Return the numbers of a repository's issues that a text names after a closing keyword."""
    plain = _LINK.sub(_target, _NOT_PROSE.sub(" ", text or ""))
    found = _KEYWORD.finditer(_MARKUP.sub("", plain))
    here = (None, full_name.lower())
    return {
        int(each["number"])
        for each in found
        if (each["at"] or each["in"] or full_name).lower() in here
    }


def mentioned_in(text: str | None) -> set[int]:
    """Return the numbers that a text names at all, by which GitHub refers from one to another."""
    return {int(each["number"]) for each in _MENTION.finditer(_NOT_PROSE.sub(" ", text or ""))}


def _target(link: re.Match[str]) -> str:
    """Return what a link counts as: where it leads when that is an issue, else its text."""
    return link["url"] if "/issues/" in link["url"] else link["text"]
