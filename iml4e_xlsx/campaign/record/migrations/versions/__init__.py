"""The migrations of the record, the oldest first: see `first_tables`."""
