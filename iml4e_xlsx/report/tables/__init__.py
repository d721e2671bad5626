"""Holds tables."""
