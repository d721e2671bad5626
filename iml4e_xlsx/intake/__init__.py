"""Holds intake."""
