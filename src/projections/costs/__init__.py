"""Costs: what we had Copilot do for each issue, counted and timed."""
