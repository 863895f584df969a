"""HTTP: the webhook receiver, the read API, the live stream. It is handed its services."""
