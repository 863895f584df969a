"""Read models: a table, a pure evolve function and the queries, side by side."""
