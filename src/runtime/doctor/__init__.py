"""Finding what is not set up: each check says what it found, and what to do about it."""
