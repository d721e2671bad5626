"""Holds contents."""
