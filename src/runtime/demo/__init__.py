"""A demonstration: a simulated GitHub and the orchestrator beside each other, on loopback."""
