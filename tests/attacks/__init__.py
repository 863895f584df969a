"""What hostile callers try on a running service, in short form."""
