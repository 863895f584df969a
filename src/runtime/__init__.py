"""Settings, database, wiring, background work and the command line."""
