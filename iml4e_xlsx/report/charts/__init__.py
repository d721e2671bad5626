"""Holds charts."""
