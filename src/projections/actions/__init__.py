"""Actions: what was decided to be done on GitHub, and what came of it."""
