"""Measures speed side by side with what a user would do instead; run with `make bench`."""
