"""Reading a policy file: what it says, or everything that is wrong, whatever its bytes are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregates.policy import PolicyReading, read_policy, read_policy_file
from aggregates.policy.file import MAX_BYTES
from events.catalogue import Json, PolicyChanged, PolicyProblem
from events.catalogue.policies import MAX_CONTENT
from tests.aggregates.policy.documents import as_yaml, documents


def problems(text: str) -> dict[str, str]:
    reading = read_policy(text)
    assert reading.document is None
    return {problem.path: problem.message for problem in reading.problems}


@pytest.mark.parametrize("text", ["", "\n", "# all of it is built in\n", "---\n", "{}", "null"])
def test_a_file_that_says_nothing_is_the_empty_document(text: str) -> None:
    assert read_policy(text) == PolicyReading(document={}, problems=())


def test_the_document_is_only_what_the_file_says() -> None:
    text = (
        "mode: live\nci:\n  required: [build, test]\nwatchdog: {no_progress_minutes: ~}\nlabels: {}"
    )
    assert read_policy(text).document == {
        "mode": "live",
        "ci": {"required": ["build", "test"]},
        "watchdog": {"no_progress_minutes": None},
        "labels": {},
    }


def test_every_problem_is_told_at_once_in_the_order_of_the_file() -> None:
    reading = read_policy("mode: on\nci: {max_attempts: 21}\nmerge: 3\nqueue: {labels: x}\n")
    assert [problem.path for problem in reading.problems] == [
        "mode",
        "ci.max_attempts",
        "merge",
        "queue.labels",
    ]


LABELS = "expected a mapping of at most 20 labels, each to a text of 1 to 39 characters"


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        (
            "agent: Scribe",
            "agent",
            "expected lower-case letters, digits and hyphens, the first a letter",
        ),
        (
            "agent_labels: {fast: 3}",
            "agent_labels.fast",
            "expected a text of 1 to 39 characters, found 3; quotes make a text of it",
        ),
        (
            "agent_labels: {'': scribe}",
            "agent_labels.",
            "expected a text of 1 to 50 characters, found an empty text",
        ),
        ("agent_labels: 7", "agent_labels", f"{LABELS}, found 7"),
        ("mode: on", "mode", 'expected off, shadow or live, found the text "on"'),
        ("mode: false", "mode", "expected off, shadow or live, found false"),
        (
            "ci: {max_attempts: 21}",
            "ci.max_attempts",
            "expected a whole number from 0 to 20, found 21",
        ),
        (
            "ci: {max_attempts: 2.5}",
            "ci.max_attempts",
            "expected a whole number from 0 to 20, found 2.5",
        ),
        (
            "queue: {dependencies: yes}",
            "queue.dependencies",
            'expected true or false, found the text "yes"',
        ),
        (
            "queue: {label: ''}",
            "queue.label",
            "expected a text of 1 to 50 characters, found an empty text",
        ),
        (
            "queue: {label: 12}",
            "queue.label",
            "expected a text of 1 to 50 characters, found 12; quotes make a text of it",
        ),
        (
            'queue: {label: "a\\tb"}',
            "queue.label",
            'expected no control characters, found the text "a\ufffdb"',
        ),
        (
            "queue: {priority_labels: [a, b, a]}",
            "queue.priority_labels",
            "item 3 stands in the list already",
        ),
        (
            "queue: {order: [created, updated]}",
            "queue.order[1]",
            'expected priority or created, found the text "updated"',
        ),
        (
            "queue: {order: []}",
            "queue.order",
            "expected a list of 1 to 2 different items, each priority or created, found ",
        ),
        (
            "ci: {required: [build, 3.11]}",
            "ci.required[1]",
            "expected a text of 1 to 255 characters, found 3.11; quotes make a text of it",
        ),
        (
            "ci: {required: build}",
            "ci.required",
            "expected auto, or a list of at most 100 different items, each a text of 1 to 255 ",
        ),
        ("ci: {required: [a, a]}", "ci.required", "item 2 stands in the list already"),
        (
            "watchdog: {no_progress_minutes: 1}",
            "watchdog.no_progress_minutes",
            "expected a whole number from 5 to 10080, or null, found 1",
        ),
        (
            "copilot: {base_branch: 3}",
            "copilot.base_branch",
            "expected a text of 1 to 255 characters, or null, found 3; quotes make a text of it",
        ),
        ("ci:", "ci", "expected a mapping of settings, found nothing"),
        ("ci: [a]", "ci", "expected a mapping of settings, found a list of 1"),
        ("[a]", "", "expected a mapping of settings, found a list of 1"),
        ("live", "", 'expected a mapping of settings, found the text "live"'),
        (
            "prompts: {hand_to_person: '{attempt}'}",
            "prompts.hand_to_person",
            "{attempt} is not a field here; there are {issue}, {pull_request}, {reason}, ",
        ),
        (
            "prompts: {fix_ci: '{issue.x}'}",
            "prompts.fix_ci",
            "{issue.x} is no field: only a plain name is one",
        ),
        (
            "ci: {max_atempts: 1}",
            "ci.max_atempts",
            "there is no such key; did you mean max_attempts?",
        ),
        ("reviews: {}", "reviews", "there is no such key; did you mean review?"),
        (
            "merge: {zzz: 1}",
            "merge.zzz",
            "there is no such key; there are automatic, method",
        ),
        ("a: 1\nb: [", "", "line 2: while parsing a flow node, expected the node content, "),
        ("ci: {settle_seconds: 1}\nci: {}", "ci", "line 2: this key was given before"),
    ],
)
def test_a_problem_says_where_and_what_was_expected(text: str, path: str, message: str) -> None:
    found = problems(text)
    assert list(found) == [path]
    assert found[path].startswith(message)
    assert found[path] == message or message.endswith(" ")  # a blank: and so on


def test_a_path_with_a_dot_is_not_a_key() -> None:
    assert list(problems("ci.max_attempts: 3")) == ["ci.max_attempts"]


def test_a_file_with_one_problem_says_nothing_at_all() -> None:
    assert read_policy("mode: live\nci: {max_attempts: many}").document is None


def test_a_file_may_be_as_long_as_the_log_keeps_and_no_longer() -> None:
    longest = "mode: off\n#".ljust(MAX_CONTENT, "x")
    assert read_policy(longest).document == {"mode": "off"}
    assert problems(longest + "x") == {"": "expected at most 65536 bytes, found 65537"}
    assert problems("#" + "\u00e9" * (MAX_BYTES // 2)) == {
        "": "expected at most 65536 bytes, found 65537"
    }


@pytest.mark.parametrize("text", ["[" * 70_000, "mode: live\n#".ljust(70_000)])
def test_a_file_that_is_too_long_is_refused_before_it_is_parsed(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aggregates.policy.file.read_yaml", None)
    assert problems(text) == {"": "expected at most 65536 bytes, found 70000"}
    [problem] = read_policy_file(text.encode()).reading.problems
    assert problem.message == "expected at most 65536 bytes, found 70000"


def test_no_more_problems_are_told_than_the_log_keeps() -> None:
    text = "".join(f"k{n}: 1\n" for n in range(80))
    assert len(read_policy(text).problems) == 50


@pytest.mark.parametrize(
    "text",
    [
        f"mode: {'secret' * 100}",
        f"copilot: {{model: {'secret' * 100}}}",
        f"{'secret' * 100}: 1",
        f"ci: {{{'secret' * 100}: 1}}",
        f"ci: {{required: [{'secret' * 100}]}}",
        f"prompts: {{fix_ci: '{{{'secret' * 100}}}'}}",
        f"prompts: {{fix_ci: '{{{'a' * 500}}}'}}",
        f"a: *{'secret' * 100}",
        f"a: !{'secret' * 100}!x 1",
        f"a: {'secret' * 100}: b",
        f"{'secret' * 100}: 1\n{'secret' * 100}: 2",
        '"\\ud800' + "x" * 100,
        "queue: {label: " + "9" * 60_000 + "}",
        "".join("{" + f"{'k' * 60}: " for _ in range(18)) + "{a: 1, a: 2}" + "}" * 18,
    ],
)
def test_a_message_repeats_no_more_than_an_excerpt(text: str) -> None:
    for problem in read_policy(text).problems:
        assert "secret" * 20 not in problem.message + problem.path
        assert "9" * 50 not in problem.message
        assert problem.message.isprintable()
    assert read_policy(text).problems


def test_a_reading_can_be_put_into_the_log() -> None:
    text = 'ci: {required: ["\\x00", 3]}\n"\\x07": 1\n'
    reading = read_policy(text)
    event = PolicyChanged(
        layer="repository",
        origin="file",
        content=text,
        document=reading.document,
        problems=reading.problems,
    )
    assert PolicyChanged.model_validate_json(event.model_dump_json()) == event
    assert reading.problems[1] == PolicyProblem(
        path="\ufffd",
        message="there is no such key; there are mode, history, agent, agent_labels, mend, queue, "
        "copilot, prompts, ci, conflicts, review, ready, merge, watchdog, budget, labels",
    )


@given(document=documents())
def test_a_file_in_utf_8_says_what_its_text_says(document: dict[str, Json]) -> None:
    text = as_yaml(document)
    file = read_policy_file(text.encode())
    assert (file.text, file.reading) == (text, read_policy(text))
    assert not file.reading.problems


@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_become_an_event_of_the_log(content: bytes) -> None:
    file = read_policy_file(content)
    event = PolicyChanged(
        layer="server",
        origin="policy.yml",
        content=file.text,
        document=file.reading.document,
        problems=file.reading.problems,
    )
    assert PolicyChanged.model_validate_json(event.model_dump_json()) == event


def test_bytes_that_are_no_text_are_told_of() -> None:
    file = read_policy_file(b"mode: \xff")
    assert file.text == "mode: \ufffd"
    assert [problem.message for problem in file.reading.problems] == ["expected text in UTF-8"]


def test_of_a_file_that_is_too_long_the_log_keeps_the_beginning() -> None:
    for content, kept in (
        (b"#" * (MAX_BYTES + 1), MAX_CONTENT),
        ("\U0001f600".encode() * (MAX_BYTES // 4 + 1), MAX_BYTES // 4),
    ):
        file = read_policy_file(content)
        assert len(file.text) == kept
        assert [problem.path for problem in file.reading.problems] == [""]
