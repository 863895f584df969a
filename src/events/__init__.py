"""The log and its words: what happened, in which order, and what GitHub said in it."""
