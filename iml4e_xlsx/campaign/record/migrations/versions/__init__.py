"""Holds the migrations of the record, oldest first: tables, failures, saved times, open answers."""
