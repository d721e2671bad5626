"""Holds folder."""
