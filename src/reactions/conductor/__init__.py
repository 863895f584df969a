"""Turning what lanes call for into events: decisions, and waits that have passed."""

from reactions.conductor.conductor import Conducted, Conductor

__all__ = ["Conducted", "Conductor"]
