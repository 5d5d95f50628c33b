"""Models under the same conditions, several seeds each: what differs by more than the seeds do."""

from kullback.comparison.answers import Answer, Proposal, is_sound, proposal
from kullback.comparison.compare import Comparison, compare, compare_finished
from kullback.comparison.conduct import Standing
from kullback.comparison.recipe import Request
from kullback.comparison.table import Cell, Column, Row, Table, Trial

__all__ = [
    "Answer",
    "Cell",
    "Column",
    "Comparison",
    "Proposal",
    "Request",
    "Row",
    "Standing",
    "Table",
    "Trial",
    "compare",
    "compare_finished",
    "is_sound",
    "proposal",
]
