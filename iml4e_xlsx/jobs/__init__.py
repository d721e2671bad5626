"""Holds jobs."""
