"""The dashboard's built files, served by the process whose API they read."""
