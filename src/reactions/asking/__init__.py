"""Asking GitHub what only it can answer: who may write, what a pull request closes, what ended."""

from reactions.asking.answering import answer_to
from reactions.asking.asking import Asking, Patience
from reactions.asking.table import replace_questions

__all__ = ["Asking", "Patience", "answer_to", "replace_questions"]
