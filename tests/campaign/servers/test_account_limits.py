"""What an answer concerns, in the words that providers and servers are known to use."""

from __future__ import annotations

import pytest

from iml4e_xlsx.campaign.servers.account_limits import (
    AnswerConcern,
    DialogueStage,
    judge_answer,
)

MAIL, SIZE, CONNECTION = AnswerConcern.MAIL, AnswerConcern.SIZE, AnswerConcern.CONNECTION
SPEED, BUSY, QUOTA = AnswerConcern.SPEED, AnswerConcern.BUSY, AnswerConcern.QUOTA


@pytest.mark.parametrize(
    ("stage", "answer", "concern"),
    [
        # Gmail and Google Workspace
        ("content", "550 5.4.5 Daily user sending limit exceeded. For more information", QUOTA),
        ("content", "550 5.4.5 Daily SMTP relay sending limit exceeded for this user.", QUOTA),
        ("login", "454 4.7.0 Too many login attempts, please try again later.", BUSY),
        ("login", "454 4.7.0 Cannot authenticate due to temporary system problem.", BUSY),
        ("content", "421 4.7.28 Our system has detected an unusual rate of mail", SPEED),
        ("rcpt", "450 4.2.1 The user you are trying to contact is receiving mail too fast", MAIL),
        ("rcpt", "452 4.2.2 The recipient's inbox is out of storage space", MAIL),
        ("rcpt", "452 4.5.3 Your message has too many recipients.", SPEED),
        ("content", "552 5.3.4 Your message exceeded Google's message size limits.", SIZE),
        # Exchange Online
        (
            "content",
            "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException",
            QUOTA,
        ),
        ("content", "550 5.2.2 Submission quota exceeded", QUOTA),
        ("content", "550 5.1.90 You've reached your daily limit for message recipients", QUOTA),
        ("content", "550 5.1.8 Access denied, bad outbound sender", QUOTA),
        ("content", "550 5.7.705 Access denied, tenant has exceeded threshold", QUOTA),
        ("content", "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", SPEED),
        ("connect", "421 4.3.2 Concurrent connections limit exceeded", BUSY),
        ("mail", "432 4.3.2 Concurrent connections limit exceeded. Visit", BUSY),
        ("rcpt", "452 4.5.3 Too many recipients (AS780090)", SPEED),
        ("content", "451 4.7.0 Temporary server error. Please try again later.", SPEED),
        ("rcpt", "550 5.2.2 Mailbox full", MAIL),
        ("mail", "552 5.3.4 Message size exceeds fixed maximum message size", SIZE),
        # Amazon SES
        ("content", "454 Throttling failure: Daily message quota exceeded.", QUOTA),
        ("content", "454 Throttling failure: Maximum sending rate exceeded.", SPEED),
        # Postfix, Exim, postgrey, hosters
        ("rcpt", "450 4.7.1 Error: too much mail from 192.0.2.1", SPEED),
        ("rcpt", "450 4.7.1 <fay@example.org>: Sender rate limit exceeded", SPEED),
        ("connect", "421 4.7.0 localhost Error: too many connections from 192.0.2.1", BUSY),
        ("mail", "421 4.7.0 mx Error: too many errors", BUSY),
        ("rcpt", "450 4.2.0 <ada@example.org>: Recipient address rejected: Greylisted", MAIL),
        ("rcpt", "451 4.7.1 Greylisting in action, please come back later", MAIL),
        ("rcpt", "451 4.7.0 Graylisted, try again in 5 minutes", MAIL),
        ("rcpt", "454 4.7.1 <ada@example.net>: Relay access denied", MAIL),
        ("rcpt", "450 4.1.2 <ada@example.net>: Domain not found", MAIL),
        ("content", "452 4.3.1 Insufficient system storage", MAIL),
        ("rcpt", "452 4.2.2 <ada@example.org> Quota exceeded (mailbox for user is full)", MAIL),
        ("rcpt", "452 Quota exceeded", MAIL),
        ("rcpt", "552 mailbox size limit exceeded", MAIL),
        ("mail", "452 You have exceeded your message quota, try again later", SPEED),
        ("rcpt", "550 Domain example.org has exceeded the max emails per hour (500/500)", SPEED),
        ("rcpt", "451 You have reached your hourly sending limit", SPEED),
        ("mail", "450 Requested mail action not taken: sender reached 24h limit of mails", QUOTA),
        ("content", "554 5.4.6 Too many hops, message loop", MAIL),
        ("content", "500 Line too long (see RFC5321 4.5.3.1.6)", MAIL),
        ("content", "552 Error: Too much mail data", SIZE),
        ("content", "554 5.7.1 Spam message rejected", MAIL),
        ("rcpt", "550 5.1.1 No such user", MAIL),
        # Words that say nothing, or are of another language
        ("login", "450 Später", BUSY),
        ("mail", "450 Später", BUSY),
        ("mail", "451 4.3.0 Später", MAIL),
        ("rcpt", "450 Später", MAIL),
        ("content", "451 Später", MAIL),
        ("connect", "421 4.3.2 Service shutting down", CONNECTION),
        ("mail", "nothing", MAIL),
    ],
)
def test_whom_an_answer_concerns(stage: DialogueStage, answer: str, concern: AnswerConcern) -> None:
    """A limit of the account is told from what keeps one person from getting mail."""
    assert judge_answer(stage, answer, has_delivered=False) is concern


@pytest.mark.parametrize(
    ("answer", "fresh", "used"),
    [
        ("421 Closing", BUSY, CONNECTION),
        ("421 4.4.2 Timed out", BUSY, CONNECTION),
        ("421 Too many messages in this connection", BUSY, CONNECTION),
        ("421 4.7.0 Too many messages, slow down", SPEED, SPEED),
    ],
)
def test_a_connection_that_has_served_its_time(
    answer: str, fresh: AnswerConcern, used: AnswerConcern
) -> None:
    """Another one goes on at once; over a fresh one, the same words would come again."""
    judged = [judge_answer("mail", answer, has_delivered=used_) for used_ in (False, True)]
    assert judged == [fresh, used]
