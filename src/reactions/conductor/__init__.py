"""Turning what lanes call for into events: decisions, and waits that have passed."""

from reactions.conductor.conductor import Conductor, Looked

__all__ = ["Conductor", "Looked"]
