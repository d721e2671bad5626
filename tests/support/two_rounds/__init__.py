"""The people of two rounds by mail: what they do, and what a careful human makes of it."""
