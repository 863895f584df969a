"""What the App reaches: asked for at the start, now and then, and where deliveries claim anew."""

from reactions.installations.installations import Installations

__all__ = ["Installations"]
