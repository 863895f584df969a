"""Valid policy documents of every kind, and how one is written as a file."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from hypothesis import strategies as st

from aggregates.policy.leaves import sections
from events.catalogue import Json

CONTROLS = st.characters(exclude_categories=["Cc", "Cs"])


def texts(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text(CONTROLS, min_size=least, max_size=most)


def lists(of: st.SearchStrategy[str], most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(of, max_size=most, unique=True)


def templates(*fields: str) -> st.SearchStrategy[str]:
    plain = st.text(CONTROLS.filter(lambda c: c not in "{}"), max_size=20)
    pieces = st.one_of(plain, st.sampled_from(["{{", "}}", "\n", *(f"{{{f}}}" for f in fields)]))
    return st.lists(pieces, min_size=1, max_size=12).map("".join).filter(bool)


AGENTS = st.from_regex(r"[a-z][a-z0-9-]{0,38}", fullmatch=True)
LEAVES: Mapping[str, st.SearchStrategy[Any]] = {
    "mode": st.sampled_from(["off", "shadow", "live"]),
    "history": st.sampled_from(["since_move", "all"]),
    "agent": AGENTS,
    "agent_labels": st.dictionaries(texts(1, 50), AGENTS, max_size=20),
    "queue.label": texts(1, 50),
    "queue.order": st.sampled_from(
        [["priority"], ["created"], ["priority", "created"], ["created", "priority"]]
    ),
    "queue.priority_labels": lists(texts(1, 50), 50),
    "queue.dependencies": st.booleans(),
    "queue.epics": st.booleans(),
    "queue.max_active": st.integers(1, 20),
    "copilot.base_branch": st.none() | texts(1, 255),
    "copilot.instructions": st.text(CONTROLS | st.sampled_from("\n\t"), max_size=300),
    "copilot.model": texts(0, 100),
    "copilot.custom_agent": texts(0, 100),
    "prompts.fix_ci": templates(
        "issue", "pull_request", "head_sha", "failed", "attempt", "attempts"
    ),
    "prompts.address_review": templates(
        "issue", "pull_request", "reviewers", "reviews", "round", "rounds"
    ),
    "prompts.resolve_conflicts": templates(
        *("issue", "pull_request", "head_sha", "base", "base_sha", "attempt", "attempts")
    ),
    "prompts.hand_to_person": templates("issue", "pull_request", "reason", "next_step"),
    "ci.required": st.one_of(st.just("auto"), lists(texts(1, 255), 100)),
    "ci.settle_seconds": st.integers(0, 3600),
    "ci.max_attempts": st.integers(0, 20),
    "mend": st.sampled_from(["comment", "agent_merge", "off"]),
    "ci.flaky": st.sampled_from(["ask", "rerun_once"]),
    "conflicts.max_attempts": st.integers(0, 20),
    "review.quiet_seconds": st.integers(0, 86400),
    "review.approvals": st.integers(0, 10),
    "review.max_rounds": st.integers(0, 20),
    "review.trusted_bots": lists(texts(1, 100), 50),
    "review.copilot": st.booleans(),
    "review.copilot_approvals": st.sampled_from(["ignore", "count"]),
    "review.address_copilot": st.booleans(),
    "ready.when": st.sampled_from(["never", "finished", "green"]),
    "merge.automatic": st.booleans(),
    "merge.method": st.sampled_from(["merge", "squash", "rebase"]),
    "watchdog.no_pull_request_minutes": st.none() | st.integers(1, 10080),
    "watchdog.no_progress_minutes": st.none() | st.integers(5, 10080),
    "watchdog.round_quiet_minutes": st.none() | st.integers(1, 10080),
    "watchdog.check_missing_minutes": st.none() | st.integers(1, 43200),
    "watchdog.check_running_minutes": st.none() | st.integers(1, 43200),
    "watchdog.check_inconclusive_minutes": st.none() | st.integers(1, 43200),
    "watchdog.check_approval_minutes": st.none() | st.integers(1, 43200),
    "watchdog.reviewer_minutes": st.none() | st.integers(1, 43200),
    "watchdog.answer_minutes": st.none() | st.integers(1, 43200),
    "budget.rounds_per_issue": st.none() | st.integers(1, 100),
    "budget.sessions_per_day": st.none() | st.integers(1, 10_000),
    "budget.sessions_per_month": st.none() | st.integers(1, 100_000),
    "labels.sync": st.booleans(),
    "labels.prefix": texts(1, 30),
}

ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 7, 21, 10081, 10**18, 1.5, -0.5, "", " ", "auto", "x" * 5000),
    *("off", "a\tb", "a\nb", "\x7f", "{issue}", "{nobody}", "{issue.x}", "{", "}}", "\u0085"),
    *([], {}, [""], ["a", "a"], ["created", "created"], [1, "a"], [["a"]], ["x" * 256], ["\0"]),
    *([f"n{n}" for n in range(101)], {"a": 1}, {"automatic": True}, {"a": "b"}, {"": "b"}),
    *({"a": "B"}, {f"n{n}": "b" for n in range(21)}, {"x" * 51: "b"}, {"\0": "b"}),
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Json]:
    """Sparse documents in which every leaf is valid."""
    paths = draw(st.lists(st.sampled_from(sorted(LEAVES)), unique=True, max_size=8))
    return nested((path, draw(LEAVES[path])) for path in paths)


@st.composite
def odd_documents(draw: st.DrawFn) -> dict[str, Json]:
    """Documents with up to three leaves that are as likely wrong as not."""
    paths = draw(st.lists(st.sampled_from(sorted(LEAVES)), unique=True, min_size=1, max_size=3))
    return nested((path, draw(LEAVES[path] | st.sampled_from(ODD_VALUES))) for path in paths)


def nested(leaves: Iterable[tuple[str, Json]]) -> dict[str, Json]:
    document: dict[str, Json] = {}
    for path, value in leaves:
        section, _, key = path.rpartition(".")
        inside = document.setdefault(section, {}) if section else document
        assert isinstance(inside, dict)
        inside[key] = value
    return document


def flat(document: Mapping[str, Json]) -> dict[str, Json]:
    leaves: dict[str, Json] = {}
    for name, value in document.items():
        if isinstance(value, dict) and name in sections():
            leaves.update({f"{name}.{key}": leaf for key, leaf in value.items()})
        else:
            leaves[name] = value
    return leaves


def as_yaml(value: Json) -> str:
    """Write any JSON value in YAML's flow style, with every odd character escaped."""
    if isinstance(value, dict):
        inside = (f"{as_yaml(key)}: {as_yaml(item)}" for key, item in value.items())
        return "{" + ", ".join(inside) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(as_yaml(item) for item in value) + "]"
    if isinstance(value, str):
        return '"' + "".join(_escaped(character) for character in value) + '"'
    return json.dumps(value)


def _escaped(character: str) -> str:
    plain = character.isascii() and character.isprintable() and character not in '"\\'
    return character if plain else f"\\U{ord(character):08X}"
