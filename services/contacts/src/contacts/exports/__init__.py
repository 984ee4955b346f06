"""Everything out again, at any time, in open formats."""
