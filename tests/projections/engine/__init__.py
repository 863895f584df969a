"""Read models beside one another."""
