"""How far a person can have come; without what a record needs, so that commands can name it."""

from __future__ import annotations

from enum import Enum


class Stage(Enum):
    """How far a person has come; the order is that of a table that shows what is to be done."""

    PROBLEMS = "problems"
    INCOMPLETE = "incomplete"
    MISSING = "missing"
    MAIL_UNCERTAIN = "mail_uncertain"
    MAIL_FAILED = "mail_failed"
    NOT_MAILED = "not_mailed"
    COMPLETE = "complete"
