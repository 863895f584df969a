"""Why, tested."""
