"""YAML as a policy file needs it: texts, numbers, lists and mappings, each read in one way only.

Booleans, nulls and numbers are those of YAML 1.2, so that ``off`` and ``2026-01-01`` are texts.
What could make a small file mean something large or odd is refused.
"""

import math
import re

import yaml
from yaml.events import NodeEvent
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from yaml.reader import ReaderError
from yaml.tokens import Token

from aggregates.policy.excerpt import excerpt
from events.catalogue import Json
from events.errors import OrchestratorError

MAX_DEPTH = 20
MAX_NODES = 1000  # a policy has no use for a third of them, and each takes its time
MAX_LINES = 5000  # far more than prompts of the longest file have; empty ones take their time, too

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")  # within 64 bits, and no octal numbers
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]*)?([eE][-+]?[0-9]+)?")
_RESERVED = re.compile("'[@`%]' that cannot start any token")
_LONG = 100
_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what YAML ends a line with
_SURROGATE = re.compile("[\ud800-\udfff]")


class UnreadableYaml(OrchestratorError):
    """Text that is not YAML, or YAML that a policy has no use for; lines count from 1."""

    def __init__(self, line: int, message: str, path: str = "") -> None:
        super().__init__(f"line {line}: {message}")
        self.path = path


def read_yaml(text: str) -> Json:
    """Return what a YAML text says; an empty one says None. Raises UnreadableYaml.

    Of 64 KiB none takes longer than a tenth of a second, whatever is in it.
    """
    if len(_BREAK.findall(text)) > MAX_LINES:
        raise UnreadableYaml(MAX_LINES + 1, f"more than {MAX_LINES} lines")
    node = _composed(text)
    return None if node is None else _value(node, "")


class _PolicyLoader(yaml.SafeLoader):
    """Composes nodes, but no aliases, anchors or tags, and neither too deep nor too many.

    Brackets are counted as they are scanned: the scanner runs a thousand characters ahead of the
    nodes, and asks at each whether one of those that are open is a key.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._nodes = 0

    def fetch_flow_collection_start(self, token: type[Token]) -> None:
        """Scan an opening bracket; raises UnreadableYaml."""
        if self.flow_level == MAX_DEPTH:
            raise UnreadableYaml(self.line + 1, _TOO_DEEP)
        super().fetch_flow_collection_start(token)

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        """Compose the next node; raises UnreadableYaml."""
        _refuse_references(self.peek_event())  # type: ignore[no-untyped-call]  # the stubs' gap
        if self._depth == MAX_DEPTH:
            raise UnreadableYaml(self.line + 1, _TOO_DEEP)
        if self._nodes == MAX_NODES:
            raise UnreadableYaml(self.line + 1, f"more than {MAX_NODES} keys and values")
        self._depth += 1
        self._nodes += 1
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def _refuse_references(event: NodeEvent) -> None:
    line = event.start_mark.line + 1 if event.start_mark else 1
    if event.anchor is not None:
        raise UnreadableYaml(
            line, "no anchors or aliases; a text that begins with & or * needs quotes"
        )
    if getattr(event, "tag", None) is not None:  # an alias has none
        raise UnreadableYaml(line, "no tags; a text that begins with ! needs quotes")


def _composed(text: str) -> Node | None:
    try:
        loader = _PolicyLoader(text)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise UnreadableYaml(line, "a character stands here that YAML does not allow") from error
    try:
        return loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UnreadableYaml(mark.line + 1 if mark else 1, _sentence(error)) from error
    except (ValueError, OverflowError) as error:  # an escape beyond Unicode, a version of digits
        raise UnreadableYaml(loader.line + 1, "a number is out of range here") from error


def _sentence(error: yaml.MarkedYAMLError) -> str:
    words = ", ".join(excerpt(part, _LONG) for part in (error.context, error.problem) if part)
    return f"{words}; quote a text that begins so" if _RESERVED.search(words) else words


def _value(node: Node, path: str) -> Json:
    if isinstance(node, MappingNode):
        return _mapping(node, path)
    if isinstance(node, SequenceNode):
        return [_value(item, path) for item in node.value]
    text = _text(node)
    return text if isinstance(node, ScalarNode) and node.style else _plain(text)


def _mapping(node: MappingNode, path: str) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for key_node, value_node in node.value:
        key = _key(key_node)
        inner = f"{path}.{excerpt(key)}" if path else excerpt(key)
        if key in found:
            raise UnreadableYaml(key_node.start_mark.line + 1, "this key was given before", inner)
        found[key] = _value(value_node, inner)
    return found


def _key(node: Node) -> str:
    if not isinstance(node, ScalarNode):
        raise UnreadableYaml(node.start_mark.line + 1, "a key must be a text")
    return _text(node)


def _text(node: Node) -> str:
    text = str(node.value)
    if _SURROGATE.search(text):
        raise UnreadableYaml(node.start_mark.line + 1, "an escape stands for half a character")
    return text


def _plain(text: str) -> Json:
    """Read a text without quotes."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text
