"""
Tells from a server's answer whether it concerns one mail or every mail of the account.

Servers say it in words more than in codes: the codes of RFC 3463 know no limit of an account, and
providers use what is near. The words are those that providers document or are known to say.
"""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import Final, Literal, TypeAlias

DialogueStage: TypeAlias = Literal["connect", "login", "mail", "rcpt", "data", "content"]
"""What was answered: the connection, the login, the sender, the recipient, the mail's content."""


class AnswerConcern(Enum):
    """
    The reach of an answer that is no good one.

    SPEED, BUSY and QUOTA concern the account: all mails would meet the same, whoever they are for.
    """

    MAIL = auto()  #: This mail or its recipient.
    SIZE = auto()  #: This mail, which is too large.
    CONNECTION = auto()  #: This connection, which has served its time; another one goes on.
    SPEED = auto()  #: Too many mails in too short a time.
    BUSY = auto()  #: No mail now, however slowly they come.
    QUOTA = auto()  #: No mail for hours, usually for a day.


_LATER, _NEVER = "4", "5"
_CLOSING: Final = "421"
_CODES: Final = re.compile(r"(?P<code>(?P<kind>[45])\d\d)\s+(?:(?P<status>[45]\.\d+\.\d+)\b)?")

_QUOTA_STATUSES: Final = ("5.1.90", "5.7.232", "5.7.233", "5.7.705", "5.7.708")
"""Exchange Online's codes for senders and tenants that may send no more."""

_SPEED_STATUSES: Final = ("4.3.2", "4.4.5", "4.5.3", "4.7.0", "4.7.28")
"""Codes of the system and of its policy; 4.5.3 (too many recipients), as each mail has one."""

_OF_MAILBOX: Final = re.compile(r"[45]\.2\.\d+")
_TOO_LARGE_STATUSES: Final = ("5.3.4", "5.2.3")

_GREYLISTED: Final = re.compile(r"gr[ea]y[ -]?list", re.IGNORECASE)
_RECIPIENT: Final = re.compile(
    r"is receiving|mailbox|inbox|over ?quota|out of storage|disk|recipient (?:is|has)",
    re.IGNORECASE,
)
"""Words for what keeps one recipient from getting mail."""

_SENDER: Final = re.compile(
    r"\b(?:send(?:s|er|ers|ing)?|submission\w*|outgoing|outbound|relay\w*|tenant|"
    r"(?:e-?mail|message|mail)s?)\b",
    re.IGNORECASE,
)
_OF_DAY: Final = re.compile(
    r"\bdaily\b|\b(?:per|a|each) day\b|\b24[ -]?h(?:(?:ou)?rs?)?\b", re.IGNORECASE
)
_LIMIT: Final = re.compile(r"limit|quota|exceed|too many|maximum|threshold", re.IGNORECASE)
_SUBMISSION_QUOTA: Final = re.compile(
    r"submission ?quota|bad outbound sender|tenant has exceeded", re.IGNORECASE
)
_TOO_FAST: Final = re.compile(
    r"too many (?:(?:e-?)?mails|messages|recipients|rcpts?|requests|connections|concurrent|"
    r"sessions|(?:failed )?log-?ins?|(?:failed )?auth\w*)"
    r"|too much mail(?! data)|slow(?:ing)? down|throttl|too (?:fast|quickly|frequent)|unusual rate"
    r"|rate[ -]?(?:limit|control)|(?:sending|message|mail|submission|connection) rate"
    r"|rate (?:\w+ )?exceeded|per (?:hour|minute|second)|hourly",
    re.IGNORECASE,
)
_USED_UP: Final = re.compile(
    r"(?:limit|quota)s? (?:\w+ ){0,3}(?:exceeded|reached)"
    r"|(?:exceed\w*|reached) (?:\S+ ){0,6}(?:limit|quota|maximum|threshold)",
    re.IGNORECASE,
)
_TOO_LARGE: Final = re.compile(
    r"(?:message|mail) (?:size|length|is too)|too (?:big|large)|size (?:limit|exceed)"
    r"|too much mail data|exceeds? (?:\w+ ){0,4}size",
    re.IGNORECASE,
)
_OF_CONNECTION: Final = re.compile(
    r"\b(?:in|on|over|for|per) (?:(?:this|one|a|the same|a single|each) )?(?:smtp )?"
    r"(?:connection|session)\b",
    re.IGNORECASE,
)
_NO_SPEED: Final = re.compile(
    r"connection|session|concurrent|log-?in|auth\w*|unavailable|errors", re.IGNORECASE
)


def judge_answer(stage: DialogueStage, answer: str, *, has_delivered: bool) -> AnswerConcern:
    """
    Return what an answer concerns that is no good one.

    Args:
        stage: What was answered.
        answer: The code and the words on one line.
        has_delivered: Whether the server took a mail over this connection before.
    """
    found = _CODES.match(answer)
    if found is None:
        return AnswerConcern.MAIL
    code, status = found["code"], found["status"] or ""
    if _is_about_size(code, status, answer):
        concern = AnswerConcern.SIZE
    elif _is_quota(status, answer):
        concern = AnswerConcern.QUOTA
    elif _is_about_one(status, answer):
        concern = AnswerConcern.MAIL
    elif code == _CLOSING and has_delivered and _OF_CONNECTION.search(answer):
        concern = AnswerConcern.CONNECTION
    elif _is_about_account(stage, code, status, answer):
        is_slow = stage in ("connect", "login") or _NO_SPEED.search(answer)
        concern = AnswerConcern.BUSY if is_slow else AnswerConcern.SPEED
    else:
        concern = _judge_by_place(stage, code, has_delivered=has_delivered)
    return concern


def _is_about_size(code: str, status: str, answer: str) -> bool:
    if not code.startswith(_NEVER):
        return False
    return status in _TOO_LARGE_STATUSES or bool(
        _TOO_LARGE.search(answer) and not _RECIPIENT.search(answer)
    )


def _is_quota(status: str, answer: str) -> bool:
    """Return whether the account may send no more for a day or so."""
    if status in _QUOTA_STATUSES or _SUBMISSION_QUOTA.search(answer):
        return True
    is_of_sender = not _OF_MAILBOX.fullmatch(status) and not _RECIPIENT.search(answer)
    return bool(is_of_sender and _OF_DAY.search(answer) and _LIMIT.search(answer))


def _is_about_one(status: str, answer: str) -> bool:
    """Return whether an answer speaks of the recipient, or of a first try that is too early."""
    if _GREYLISTED.search(answer) or _OF_MAILBOX.fullmatch(status):
        return True
    return bool(_RECIPIENT.search(answer) and not _TOO_FAST.search(answer))


def _is_about_account(stage: DialogueStage, code: str, status: str, answer: str) -> bool:
    """Return whether words or codes speak of a limit of whoever sends."""
    if _TOO_FAST.search(answer):
        return True
    if code.startswith(_NEVER):
        return False
    if _USED_UP.search(answer) and (stage != "rcpt" or _SENDER.search(answer)):
        return True
    # In the place of a greeting, 4.3.2 is a server that is starting or ending.
    return status in _SPEED_STATUSES and (stage, status) != ("connect", "4.3.2")


def _judge_by_place(stage: DialogueStage, code: str, *, has_delivered: bool) -> AnswerConcern:
    """Return what an answer concerns whose words say nothing of it."""
    if not code.startswith(_LATER):
        return AnswerConcern.MAIL
    if stage == "login":  # tried again and again, it locks the account
        return AnswerConcern.BUSY
    if code == _CLOSING:  # never said to one mail (RFC 5321, 4.2.1)
        is_used = has_delivered or stage == "connect"
        return AnswerConcern.CONNECTION if is_used else AnswerConcern.BUSY
    if stage == "mail" and code in ("450", "454"):  # the sender is that of all mails
        return AnswerConcern.BUSY
    return AnswerConcern.MAIL
