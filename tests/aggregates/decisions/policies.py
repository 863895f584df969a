"""Random policies for Hypothesis."""

from collections.abc import Sequence

from hypothesis import strategies as st

from aggregates.policy.model import WatchdogPolicy
from events.catalogue import Json, Mode

# A policy in which nothing is waited for so long that a person is told.
UNWATCHED: dict[str, Json] = dict.fromkeys(WatchdogPolicy.model_fields)


def policies(
    modes: Sequence[Mode] = ("live", "shadow"), waits: Sequence[int] = (0, 60)
) -> st.SearchStrategy[dict[str, Json]]:
    """A repository's policy in one of the modes, with one of the waits in seconds."""
    return st.fixed_dictionaries(
        {
            "mode": st.sampled_from(modes),
            "queue": st.fixed_dictionaries({"max_active": st.integers(1, 3)}),
            "ci": st.fixed_dictionaries(
                {
                    "required": st.sampled_from(("auto", ["test"], [])),
                    "settle_seconds": st.sampled_from(waits),
                    "max_attempts": st.sampled_from((2, 1, 0)),
                }
            ),
            "review": st.fixed_dictionaries(
                {
                    "quiet_seconds": st.sampled_from(waits),
                    "approvals": st.sampled_from((1, 0)),
                    "max_rounds": st.sampled_from((2, 1, 0)),
                    "copilot": st.booleans(),
                    "address_copilot": st.booleans(),
                }
            ),
            "ready": st.fixed_dictionaries(
                {"when": st.sampled_from(("green", "finished", "never"))}
            ),
            "merge": st.fixed_dictionaries({"automatic": st.booleans()}),
            "labels": st.fixed_dictionaries({"sync": st.booleans()}),
        }
    )
