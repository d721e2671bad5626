"""Holds the migrations of the record, the oldest first: `first_tables`, `failure_details`."""
