"""Routes below /internal/: for our own processes, never published."""
