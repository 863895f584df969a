"""What was found is found again only from something else."""

from aggregates.workflow import Recall


def test_work_that_is_given_the_same_objects_is_not_done_again() -> None:
    done: list[tuple[str, ...]] = []

    def both(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
        done.append((*one, *other))
        return done[-1]

    def first(one: tuple[str, ...]) -> str:
        return one[0]

    recall, build, test = Recall(), ("build",), ("test",)
    found = recall.of(both, build, test)
    assert recall.of(first, test) == "test"
    assert recall.of(both, build, test) is found
    assert done == [("build", "test")]
    assert recall.of(both, test, build) == ("test", "build")
    assert recall.of(both, build, test) == found
    assert len(done) == 3
