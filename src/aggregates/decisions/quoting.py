"""Strangers' words in our comments: shown, but unable to mention, close, link or break out.

Code on GitHub mentions and closes nothing. Should a reader of comments see it otherwise, the words
are defused besides: a space of no width stands where something would begin.
"""

import re

_GAP = "\u200b"
_ISSUE = re.compile(r"\b(gh)-(?=\d)", re.IGNORECASE)
_FENCES = re.compile(r"[`~]+")
_SHORTEST = 3


def defused(text: str) -> str:
    """Return a text in which nothing is a mention, a reference, a link or a tag.

    Without a reference a keyword closes nothing.
    """
    text = text.replace("@", f"@{_GAP}").replace("#", f"#{_GAP}").replace("<", f"<{_GAP}")
    text = text.replace("://", f":{_GAP}//").replace("-->", f"--{_GAP}>")
    text = text.replace("www.", f"www{_GAP}.")
    return _ISSUE.sub(rf"\1{_GAP}-", text)


def fenced(text: str) -> str:
    """Return lines as a block of code whose fence is longer than any in them."""
    inner = defused(text)
    longest = max((len(found[0]) for found in _FENCES.finditer(inner)), default=0)
    fence = "`" * max(_SHORTEST, longest + 1)
    return f"{fence}text\n{inner}\n{fence}"


def inline(text: str, limit: int) -> str:
    """Return a short text as code within a line; empty for one that shows nothing."""
    shown = "".join(each for each in text if each.isprintable() and each != "`").strip()
    return f"`{defused(shown[:limit])}`" if shown else ""
