"""Holds text."""
