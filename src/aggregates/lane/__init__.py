"""One repository's line of work, folded from the log."""

from aggregates.lane.bounds import assembled
from aggregates.lane.evolve import Folded, Touched, evolve, fold, tied, trimmed, whole_of
from aggregates.lane.lane import Lane, initial_state
from aggregates.lane.subjects import Heard, KnownCommit, KnownIssue, KnownPullRequest, Subjects

__all__ = [
    "Folded",
    "Heard",
    "KnownCommit",
    "KnownIssue",
    "KnownPullRequest",
    "Lane",
    "Subjects",
    "Touched",
    "assembled",
    "evolve",
    "fold",
    "initial_state",
    "tied",
    "trimmed",
    "whole_of",
]
