"""Doing on GitHub what was decided: each action once, as a person would count it."""

from reactions.executor.claiming import Holding
from reactions.executor.executor import Executor, Performed
from reactions.executor.pace import Pace

__all__ = ["Executor", "Holding", "Pace", "Performed"]
