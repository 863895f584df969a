"""A second agent, as a file may name one, and the table with both."""

from dataclasses import replace

from events.github.agents import COPILOT, Agent, Agents

SCRIBE = Agent(
    name="scribe",
    title="Scribe",
    user_id=4321,
    login="scribe-agent[bot]",
    mention="scribe",
    branch="scribe/",
)
BOTH = Agents((COPILOT, SCRIBE))
MUTE = Agents((COPILOT, replace(SCRIBE, mention=None)))
QUIET = Agents((COPILOT, replace(SCRIBE, ends="quiet")))
