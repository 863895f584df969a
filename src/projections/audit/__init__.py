"""Who did what, to what, when and why: a sentence for each event that people or we are behind."""
