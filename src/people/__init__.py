"""Who signs in, what they may see and do, and whose tokens we keep: rows that no replay touches."""
