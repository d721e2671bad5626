"""Holds servers."""
