"""What the API tells of work the dashboard shows, and its lists name all that there is.

Its pages are read as text: what they show of one history the tests in a browser prove.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from aggregates.stages import Stage
from aggregates.stages.stage import WaitKind
from api.costs import MonthOfCosts
from api.repositories import RepositoryDetail
from api.workflows import WorkflowDetail
from events.catalogue import REGISTRY, ActionKind, QuestionKind
from projections.explaining.chain import ANSWERED
from projections.explaining.model import ChainKind, Explanation
from runtime.doctor.needs import ALWAYS_HEARD, EVENTS

WEB = Path(__file__).parents[2] / "web" / "src"
WORKFLOW = WEB / "routes" / "r" / "[owner]" / "[name]" / "[issue]"
REPOSITORY = WORKFLOW.parent
# What a page leaves out, and why.
OF_A_WORKFLOW = {
    "attention": "lists are parted by it; a page says for whom it waits",
    "probable": "a note says so",
    "state_reason": "the rule by which it is over says so",
}
ELSEWHERE: dict[type[BaseModel], dict[str, str]] = {
    WorkflowDetail: OF_A_WORKFLOW,
    Explanation: OF_A_WORKFLOW,
    RepositoryDetail: {
        "active_workflow": "is the first of those that are active",
        "installation_id": "of a claim, whose sentence names it",
        "last_event_at": "its last events are shown with their times",
        "private": "everybody who sees it here sees it at GitHub",
        "seen_at": "GitHub's time, by which its deliveries are put in order",
        "connection_at": "likewise",
    },
}


def text_of(*places: Path) -> str:
    """Return what pages consist of, without what only tests or the API's own types say."""
    files = sorted(
        each
        for place in places
        for each in place.rglob("*")
        if each.suffix in (".svelte", ".ts")
        and ".test." not in each.name
        and "generated" not in each.parts
    )
    return "\n".join(each.read_text(encoding="utf-8") for each in files)


def fields_of(model: type[BaseModel]) -> Iterator[str]:
    """Yield the names of all fields of a model, and of the models in it."""
    for name, field in model.model_fields.items():
        yield name
        for inner in models_in(field.annotation):
            yield from fields_of(inner)


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in get_args(annotation):
        yield from models_in(each)


def named_in(file: Path) -> set[str]:
    """Return the words of a table in the dashboard's sources."""
    return set(re.findall(r"\b[a-z]+(?:_[a-z]+)*\b", file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("model", "places"),
    [
        (WorkflowDetail, (WORKFLOW, WEB / "lib" / "costs", WEB / "lib" / "ui")),
        (Explanation, (WORKFLOW, WEB / "lib" / "ui", WEB / "lib" / "actions")),
        (RepositoryDetail, (REPOSITORY, WEB / "lib", WEB / "routes" / "(needs-you)")),
        (MonthOfCosts, (WEB / "routes" / "costs", WEB / "lib")),
    ],
)
def test_every_field_is_on_its_page(model: type[BaseModel], places: tuple[Path, ...]) -> None:
    text = text_of(*places)
    missing = {name for name in fields_of(model) if not re.search(rf"\b{name}\b", text)}
    assert missing == ELSEWHERE.get(model, {}).keys()


def test_the_lists_of_the_dashboard_name_all_that_there_is() -> None:
    assert set(get_args(ActionKind)) <= named_in(WEB / "routes" / "actions" / "fields.ts")
    assert set(map(str, Stage)) <= named_in(WEB / "lib" / "stages" / "stages.ts")
    assert set(get_args(WaitKind)) <= named_in(WEB / "lib" / "words" / "waiting.ts")
    assert set(get_args(ChainKind)) <= named_in(WORKFLOW / "History.svelte")


def test_the_log_can_be_filtered_by_every_type_that_it_may_hold() -> None:
    types = {each.name for each in EVENTS} | ALWAYS_HEARD | {type_ for type_, *_ in REGISTRY}
    assert types - named_in(WEB / "routes" / "events" / "fields.ts") == set()


def test_every_answer_that_github_gives_has_its_words_in_the_chain_of_causes() -> None:
    assert ANSWERED.keys() == set(get_args(QuestionKind))
