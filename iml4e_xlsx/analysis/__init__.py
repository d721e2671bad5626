"""Holds analysis."""
