"""A campaign's record: a database of everything that happened, SQLite or PostgreSQL."""
