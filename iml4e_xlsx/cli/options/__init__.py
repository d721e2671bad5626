"""Holds options."""
