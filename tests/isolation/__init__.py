"""What nobody is told of others, at the HTTP door: every route, whoever asks."""
