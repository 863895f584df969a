from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import permutations
from typing import Any, Literal, get_args, get_origin, get_type_hints

from hypothesis import given
from hypothesis import strategies as st

from events import github
from events.github import Fact, FailureSeen, IssueSeen, PullRequestSeen
from events.github.failures import CheckHistory, FailedCheck
from events.github.merge import merge, order_of, tied

FACT_TYPES = [
    kind
    for kind in vars(github).values()
    if isinstance(kind, type) and issubclass(kind, Fact) and kind is not Fact
]
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
LATER = AT + timedelta(seconds=1)

VALUES: dict[object, st.SearchStrategy[Any]] = {
    int: st.integers(1, 3),
    str: st.sampled_from(["completed", "queued", "x"]),
    bool: st.booleans(),
    datetime: st.sampled_from([AT, LATER, AT + timedelta(days=1)]),
    type(None): st.none(),
}


def values_of(hint: object) -> st.SearchStrategy[Any]:
    if get_origin(hint) is Literal:
        return st.sampled_from(get_args(hint))
    if get_origin(hint) is tuple:
        each = st.lists(values_of(get_args(hint)[0]), max_size=2)
        return each.map(lambda values: tuple(sorted(values, key=repr)))
    if hint in VALUES:
        return VALUES[hint]
    if is_dataclass(hint) and isinstance(hint, type):
        return st.builds(hint, **{n: values_of(h) for n, h in get_type_hints(hint).items()})
    return st.one_of(*[values_of(part) for part in get_args(hint)])


def facts_about_one_thing(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Few values a field, so that ties and near ties are common."""
    same = dict.fromkeys(kind.merge_key.identity, 1)
    hints = get_type_hints(kind)
    names = {field.name for field in fields(kind)} - {*same, "borrowed"}
    free = {name: values_of(hints[name]) for name in sorted(names)}
    return st.builds(kind, **{name: st.just(one) for name, one in same.items()}, **free)


# Each built once: to build one takes longer than to draw from it.
FAMILIES = {kind: facts_about_one_thing(kind) for kind in FACT_TYPES}
families = FAMILIES.values()
groups = st.one_of(*[st.lists(family, min_size=1, max_size=4) for family in families])
doubtable = [FAMILIES[IssueSeen], FAMILIES[PullRequestSeen]]
doubted = st.one_of(*[st.lists(family, min_size=1, max_size=4) for family in doubtable])
pairs = st.one_of(*[st.tuples(family, family) for family in families])
triples = st.one_of(*[st.tuples(family, family, family) for family in families])


@given(pairs)
def test_merging_is_commutative(pair: tuple[Fact, Fact]) -> None:
    a, b = pair
    assert merge(a, b) == merge(b, a)


def test_answers_of_one_time_merge_alike_where_a_part_lacks_what_another_has() -> None:
    histories = (None, CheckHistory(1, 50), CheckHistory(7, 50))
    parts = [FailedCheck(name="test", history=history) for history in histories]
    answers = [
        FailureSeen(repository_id=1, number=4, head_sha="c0ffee", stamp=1, checks=(part,), at=AT)
        for part in parts
    ]
    for a, b in permutations(answers, 2):
        assert merge(a, b) == merge(b, a)


@given(triples)
def test_merging_is_associative(triple: tuple[Fact, Fact, Fact]) -> None:
    a, b, c = triple
    assert merge(merge(a, b), c) == merge(a, merge(b, c))


@given(pairs)
def test_merging_is_idempotent(pair: tuple[Fact, Fact]) -> None:
    a, b = pair
    once = merge(a, b)

    assert merge(a, a) is a
    assert merge(once, once) == once
    assert merge(once, a) == merge(once, b) == once


@given(groups)
def test_facts_fold_to_the_same_in_whatever_order_they_arrive(group: list[Fact]) -> None:
    folded = {reduce(merge, order) for order in permutations(group)}

    assert len(folded) == 1


@given(doubted)
def test_it_is_uncertain_while_the_newest_differ_and_no_longer(
    group: list[IssueSeen | PullRequestSeen],
) -> None:
    newest = max(map(order_of, group))
    last = [fact for fact in group if order_of(fact) == newest]

    differ = any(tied(a, b) for a, b in permutations(last, 2))
    assert reduce(merge, group).uncertain == (differ or any(fact.uncertain for fact in last))


@given(pairs)
def test_a_tie_is_mutual_and_never_with_oneself(pair: tuple[Fact, Fact]) -> None:
    a, b = pair
    assert tied(a, b) == tied(b, a)
    assert not tied(a, a)
