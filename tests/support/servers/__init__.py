"""Real servers on the loopback that tests start and stop: mail, IMAP, PostgreSQL, a small disk."""
