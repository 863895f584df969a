"""A loader for YAML that refuses what could make a small file mean something large or odd."""

from yaml import SafeLoader
from yaml.events import NodeEvent
from yaml.nodes import Node

from events.errors import OrchestratorError

MAX_DEPTH = 20
MAX_NODES = 1000  # a policy has no use for a third of them, and each takes its time


class UnreadableYaml(OrchestratorError):
    """Text that is not YAML, or YAML that a policy has no use for; lines count from 1."""

    def __init__(self, line: int, message: str, path: str = "") -> None:
        super().__init__(f"line {line}: {message}")
        self.path = path


class PolicyLoader(SafeLoader):
    """Composes nodes, but no aliases, anchors or tags, and neither too deep nor too many."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._nodes = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        """Compose the next node; raises UnreadableYaml."""
        _refuse_references(self.peek_event())  # type: ignore[no-untyped-call]  # the stubs' gap
        if self._depth == MAX_DEPTH:
            raise UnreadableYaml(self.line + 1, f"nested deeper than {MAX_DEPTH} levels")
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
