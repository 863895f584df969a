"""What a repository, an installation and the server want: read, bounded, overlaid, explained."""

from aggregates.policy.file import PolicyFile, PolicyReading, read_policy, read_policy_file
from aggregates.policy.layers import EffectivePolicy, Origin, canonical, effective
from aggregates.policy.leaves import value_at
from aggregates.policy.model import (
    BudgetPolicy,
    CiPolicy,
    ConflictsPolicy,
    CopilotPolicy,
    LabelPolicy,
    MergePolicy,
    Policy,
    PromptPolicy,
    QueuePolicy,
    ReadyPolicy,
    ReviewPolicy,
    WatchdogPolicy,
)
from aggregates.policy.prompts import TemplateError, fields_of, render
from aggregates.policy.reference import policy_reference
from aggregates.policy.schema import policy_schema

__all__ = [
    "BudgetPolicy",
    "CiPolicy",
    "ConflictsPolicy",
    "CopilotPolicy",
    "EffectivePolicy",
    "LabelPolicy",
    "MergePolicy",
    "Origin",
    "Policy",
    "PolicyFile",
    "PolicyReading",
    "PromptPolicy",
    "QueuePolicy",
    "ReadyPolicy",
    "ReviewPolicy",
    "TemplateError",
    "WatchdogPolicy",
    "canonical",
    "effective",
    "fields_of",
    "policy_reference",
    "policy_schema",
    "read_policy",
    "read_policy_file",
    "render",
    "value_at",
]
