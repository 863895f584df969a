"""The log's events as filters find them, and what could not be read in them."""
