"""Bringing read models up to the log's head, and what could not be digested."""
