"""Holds collect."""
