"""One change for many records: all of them or none."""
