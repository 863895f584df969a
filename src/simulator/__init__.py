"""A GitHub of our own for the demo and the tests; it knows nothing of the other rooms."""
