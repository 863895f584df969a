"""Pure decisions over facts: no I/O, no clock, no database, no framework."""
