"""The one place that calls GitHub."""
