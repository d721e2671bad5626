"""Results as data and pictures."""
