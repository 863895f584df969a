"""Reading who and what is attached to an issue or a pull request."""

from events.github.node import Node
from events.github.scalars import integer, text

MAX_LABEL = 255


def label_names(node: Node) -> tuple[str, ...]:
    """Return the names of the first hundred labels, sorted; the list itself is needed."""
    names = {
        text(label.get("name") if isinstance(label, dict) else label, MAX_LABEL)
        for label in node.need_list("labels")
    }
    return tuple(sorted(name for name in names if name is not None))


def user_ids(node: Node, key: str) -> tuple[int, ...]:
    """Return the ids of the first hundred users in a list, sorted; the list itself is needed."""
    ids = {integer(user.get("id")) for user in node.need_list(key) if isinstance(user, dict)}
    return tuple(sorted(user_id for user_id in ids if user_id is not None))


def team_slugs(node: Node, key: str) -> tuple[str, ...]:
    """Return the slugs of the first hundred teams in a list, sorted."""
    slugs = {team.name("slug") for team in node.nodes(key)}
    return tuple(sorted(slug for slug in slugs if slug is not None))


def numbers(node: Node, key: str) -> tuple[int, ...]:
    """Return the numbers of the first hundred objects in a list, sorted."""
    found = {child.integer("number") for child in node.nodes(key)}
    return tuple(sorted(number for number in found if number is not None))
