"""Finding in free text what decisions need, so that the text itself can stay in the log."""

import re
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from events.github.agents import known_agents

MAX_TEXT = 65_536  # GitHub's own limit for a body

# All that is read is in lower case. Patterns that start with fixed characters are searched for at
# the speed of memchr.
_MENTION: Final = r"@(?<![\w/@.-]@)(?:{})(?![\w/-])"

_KEYWORD: Final = (
    # No part of a word; underscores may be markup.
    r"[cfr](?<![^\W_].)(?<![^\W_]_.)(?<![^\W_]__.)(?<!-.)"
    r"(?:(?<=c)lose[sd]?|(?<=f)ix(?:e[sd])?|(?<=r)esolve[sd]?)"
)
_MARKUP: Final = r"(?:[*_~]{1,3}|</?(?:b|em|i|strong)>){0,2}"
_SPACE: Final = r"[ \t\xa0]{1,20}"
_NAME: Final = r"[\w.-]{1,100}/[\w.-]{1,100}"
_END: Final = r"(?![^\W_]|_[^\W_])"
_ADDRESS: Final = (
    rf"https?://[^/\s()<>\[\]]{{1,255}}/(?P<address>{_NAME})/issues/"
    rf"(?P<there>[0-9]{{1,10}}){_END}(?!/)"
)
_LABEL: Final = r"\[(?:[^\[\]\n]|\[[^\[\]\n]{0,100}\]){0,200}\]"
_REFERENCE: Final = (
    rf"(?:(?:(?P<name>{_NAME})?\#|gh-)(?P<here>[0-9]{{1,10}}){_END}"
    rf"|(?:{_LABEL}\([ ]?<?|<)?{_ADDRESS})"
)
# Each part is bounded, so that this is linear in the length of a text.
_CLOSES = re.compile(rf"{_KEYWORD}{_MARKUP}:?{_MARKUP}{_SPACE}{_MARKUP}{_REFERENCE}")

_TAB = 4  # how wide a tab is, and how far code is indented
_HIDDEN = "\0"  # what stands for code and quotes, so that nothing is read across it

# Every part is bounded by what follows it, so that no line is read twice.
_LEAD = re.compile(r"(?P<indent>[ \t]*)(?P<markers>(?:(?:[-+*]|[0-9]{1,9}[.)])[ \t]+)*)")
_FENCE = re.compile(r"(?P<fence>`{3,}(?=[^`]*\Z)|~{3,})")
_BLOCK = re.compile(r"#{1,6}(?:[ \t]|\Z)")
_INLINE = re.compile(r"`+|<!--(?:-?>)?|<(?P<tag>pre|code|blockquote)(?=[\s>])")
_TICKS = re.compile(r"`+")
_PARAGRAPH_END = re.compile(r"\n[ \t]*(?=\n)")


def mentions_agent(body: str | None) -> bool:
    """Say whether a text mentions an agent, as ``@copilot``, outside code and hidden comments."""
    if not body:
        return False
    mention = _mention_of(known_agents().mentions)
    if not mention.search(body.lower()):
        return False
    return mention.search(_prose(body)) is not None


@lru_cache(maxsize=8)
def _mention_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(_MENTION.format("|".join(map(re.escape, words))))


def closing_issue_numbers(text: str, full_name: str) -> tuple[int, ...]:
    """Return the issues of one repository that a text closes by keyword, sorted.

    The keywords are GitHub's: close, closes, closed, fix, fixes, fixed, resolve, resolves,
    resolved, each for the one reference that follows it: ``#1``, ``GH-1``, ``owner/name#1``, the
    issue's address on any server (of one of its comments too), or a link to that, also in bold or
    italics. None in code, quotes or hidden comments, where templates keep examples.

    Source: GitHub's documentation, "Linking a pull request to an issue" and "Autolinked references
    and URLs".
    """
    folded = text.lower()
    if "<!--" not in folded and not _CLOSES.search(folded):
        return ()  # only where a comment is left out, two parts of a reference may meet
    found = _CLOSES.finditer(_prose(folded, quotes=False))
    repository = full_name.lower()
    return tuple(sorted({number for each in found if (number := _closed(each, repository))}))


def _closed(found: re.Match[str], repository: str) -> int | None:
    """Return the issue that a keyword closes, None where it is another repository's."""
    named = found["address"] or found["name"] or repository
    return int(found["here"] or found["there"]) if named == repository else None


def _prose(text: str, *, quotes: bool = True) -> str:
    """Return a text in lower case, without code, hidden comments and, if so asked, quotes.

    An approximation of GitHub Flavored Markdown in linear time. Where the two may differ, as with
    a comment that is never closed, the text counts as hidden: then nobody acts on it. What is left
    out leaves a mark that is neither space nor word; a comment leaves a space.
    """
    blocks = "\n".join(_Blocks(quotes).lines(text.lower()))
    return "".join(_Spans(blocks, quotes=quotes).visible())


@dataclass(slots=True)
class _Blocks:
    """Reads lines one by one; what is code or a quote as a whole becomes a mark."""

    quotes: bool
    fence: str = ""
    commented: bool = False
    quoted: bool = False
    blank: bool = True  # whether the line before ends a paragraph
    offset: int = 0  # at which column the text of the last list item begins

    def lines(self, text: str) -> Iterator[str]:
        for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
            hidden = self._is_hidden(line)
            yield _HIDDEN if hidden else line

    def _is_hidden(self, line: str) -> bool:
        if self.fence:
            self._close_fence(line)
            return True
        if self.commented:
            self.commented = "-->" not in line
            return False
        lead = _LEAD.match(line)
        rest = line[lead.end() :] if lead else line
        if lead is None or not rest:
            self.blank, self.quoted = True, False
            return False
        return self._opens(rest, _width(lead["indent"]), lead["markers"])

    def _opens(self, rest: str, indent: int, markers: str) -> bool:
        """Say whether a line that is not blank is hidden, and what it leaves open."""
        if not markers and self.blank:
            if indent >= self.offset + _TAB:
                return True
            if not indent:
                self.offset = 0
        was_blank, self.blank = self.blank, False
        if markers:
            self.offset = indent + _width(markers)
        if opened := _FENCE.match(rest):
            self.fence, self.blank, self.quoted = opened["fence"], True, False
            return True
        if rest.startswith("<!--"):
            self.commented, self.quoted = "-->" not in rest, False
            return False
        if rest.startswith(">"):
            self.quoted = True
        elif markers or was_blank or _BLOCK.match(rest):
            self.quoted = False  # else the paragraph that was quoted goes on
        return self.quoted and not self.quotes

    def _close_fence(self, line: str) -> None:
        closing = line.strip()
        if closing.startswith(self.fence) and not closing.strip(self.fence[0]):
            self.fence = ""


def _width(blank: str) -> int:
    return len(blank.expandtabs(_TAB))


class _Spans:
    """Reads what lies within lines; each run of backticks and each end is looked for once."""

    def __init__(self, text: str, *, quotes: bool) -> None:
        self._text, self._quotes = text, quotes
        self._ends = [match.start() for match in _PARAGRAPH_END.finditer(text)]
        self._later: dict[int, deque[int]] = defaultdict(deque)
        for match in _TICKS.finditer(text):
            self._later[len(match[0])].append(match.start())

    def visible(self) -> Iterator[str]:
        """Yield what is left without code spans, comments and tags that hide."""
        position = 0
        while found := _INLINE.search(self._text, position):
            yield self._text[position : found.start()]
            mark, position = self._past(found)
            yield mark
        yield self._text[position:]

    def _past(self, found: re.Match[str]) -> tuple[str, int]:
        """Return what stands for what was found, and where the text goes on behind it."""
        token, tag, end = found[0], found["tag"], found.end()
        if token.startswith("`"):
            partner = self._partner(len(token), found.start())
            return (token, end) if partner is None else (_HIDDEN, partner + len(token))
        if not tag:
            return " ", end if token.endswith(">") else self._behind("-->", end)
        if tag == "blockquote" and self._quotes:
            return token, end
        return _HIDDEN, self._behind(f"</{tag}>", end)

    def _partner(self, length: int, start: int) -> int | None:
        """Return where the next run of as many backticks begins in the same paragraph."""
        same = self._later[length]
        while same and same[0] <= start:
            same.popleft()
        place = bisect_left(self._ends, start)
        end = self._ends[place] if place < len(self._ends) else len(self._text)
        return same[0] if same and same[0] < end else None

    def _behind(self, closing: str, start: int) -> int:
        """Return where the text goes on behind what closes; never closed, it runs to the end."""
        place = self._text.find(closing, start)
        return len(self._text) if place < 0 else place + len(closing)
