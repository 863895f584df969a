"""The policy file to begin with says what holds anyway, and so does all that it has as comments."""

import re

from aggregates.policy.example import policy_example
from aggregates.policy.file import PolicyReading, read_policy
from aggregates.policy.leaves import leaves_of, policy_of
from aggregates.policy.model import Policy

_COMMENTED = re.compile(r"^# (?=[a-z_]+:$|  )", re.MULTILINE)


def test_it_says_that_nothing_is_done() -> None:
    assert read_policy(policy_example()) == PolicyReading({"mode": "shadow"})


def test_what_it_has_as_comments_is_what_holds() -> None:
    document = read_policy(_COMMENTED.sub("", policy_example())).document
    assert document is not None
    leaves = dict(leaves_of(document))
    assert policy_of(leaves) == Policy()
    assert len(leaves) > 20
