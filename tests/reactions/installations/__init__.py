"""What the App reaches: read at the start and now and then, and asked where it is claimed."""
