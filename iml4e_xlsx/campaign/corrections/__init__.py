"""Holds corrections."""
