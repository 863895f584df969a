"""Finding what is not set up: readings of the surroundings, and pure judgements of them."""
