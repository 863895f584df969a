"""Commands: what operators told us."""
