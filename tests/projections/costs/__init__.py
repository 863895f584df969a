"""What work cost, as it is summed up from the log."""
