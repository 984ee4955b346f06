"""Search as typed: the words of records, behind functions that alone may read them (migrations/0101)."""
