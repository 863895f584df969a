"""The ordered list of stage rules: the first that holds says where a workflow stands."""

from aggregates.stages.endings import ENDINGS
from aggregates.stages.holds import HOLDS
from aggregates.stages.mending import MENDING
from aggregates.stages.reviewing import REVIEWING
from aggregates.stages.rule import Rule
from aggregates.stages.waiting import WAITING

RULES: tuple[Rule, ...] = (*ENDINGS, *HOLDS, *MENDING, *REVIEWING, *WAITING)
