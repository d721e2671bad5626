"""Holds people."""
