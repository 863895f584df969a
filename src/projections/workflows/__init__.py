"""Workflows as pages show them: as they are, and as they were."""
