"""What is done about what happened: from decisions to recorded actions."""
