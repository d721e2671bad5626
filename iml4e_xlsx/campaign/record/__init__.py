"""
Holds a campaign's record: a database of everything that happened, SQLite or PostgreSQL.

In: a URL, and transactions on it. Out: `Person`, `MailRecord`, `ReturnedFile`, answers, and which
responses count. It keeps codes and values, not sentences: findings and failures are restored in
the language that asks. It knows no folder; every other room of `campaign` may import it.
"""
