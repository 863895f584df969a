"""Lanes, and what follows from each of their steps."""
