"""Holds send."""
