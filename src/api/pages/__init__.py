"""Plain pages without script, which browsers are served: who one is, and setting up."""
