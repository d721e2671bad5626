"""Holds formats."""
