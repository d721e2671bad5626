"""Holds spreadsheets."""
