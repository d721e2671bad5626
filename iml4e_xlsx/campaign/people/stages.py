"""Lists the stages of a person and the reasons for no mail; needs no record, unlike the rest."""

from __future__ import annotations

from enum import Enum


class Stage(Enum):
    """Stages that a person may have reached, in the order in which a status lists them."""

    PROBLEMS = "problems"  #: A file could not be read, or an answer in the response that counts.
    INCOMPLETE = "incomplete"  #: The response that counts leaves statements open.
    MISSING = "missing"  #: A mail reached the person, as far as is known; nothing came back.
    MAIL_UNCERTAIN = "mail_uncertain"  #: The mail may have left or not.
    MAIL_FAILED = "mail_failed"  #: The server refused the mail, or it came back.
    NOT_MAILED = "not_mailed"  #: No mail has left yet.
    DECLINED = "declined"  #: The person does not take part, and is mailed no more.
    RETURNED = "returned"  #: A workbook of an anonymous round came back; what is in it, is unread.
    COMPLETE = "complete"  #: The response that counts answers every statement.


class NoMailReason(Enum):
    """Reasons why a person gets no mail now; the texts stand under `no_mail.<value>`."""

    SENT = "sent"  #: The mail was sent.
    DRAFTED = "drafted"  #: There is a draft of the mail, which counts as sent.
    SENDING = "sending"  #: Sending was interrupted, or goes on in another process.
    UNCERTAIN = "uncertain"  #: The server's answer was lost.
    REFUSED = "refused"  #: The server refused the mail for good.
    BOUNCED = "bounced"  #: The mail came back.
    RETURNED = "returned"  #: The person has returned the workbook.
    DECLINED = "declined"  #: The person does not take part.
    PROBLEMS = "problems"  #: The person has returned a file that could not be read.
    WRITTEN = "written"  #: The person has written without a workbook, and nobody has seen to it.
    NOT_INVITED = "not_invited"  #: No invitation has left, so there is nothing to remind of.
    TOO_SOON = "too_soon"  #: The last mail is more recent than the settings allow.
    ENOUGH = "enough"  #: The person has had as many reminders as the settings allow.
    NOTHING_RETURNED = "nothing_returned"  #: Nothing has come back that could be answered.
    OTHER_KIND = "other_kind"  #: The answer would be of a kind that was not asked for.
    KNOWS_DEADLINE = "knows_deadline"  #: The last mail named the deadline that is set.

    @property
    def may_have_left(self) -> bool:
        """Tell whether the mail may have left or not, which only the facilitator can find out."""
        return self in (NoMailReason.SENDING, NoMailReason.UNCERTAIN)

    @property
    def did_not_arrive(self) -> bool:
        """Tell whether the mail certainly did not reach the person."""
        return self in (NoMailReason.REFUSED, NoMailReason.BOUNCED)

    @property
    def is_urgent(self) -> bool:
        """Tell whether the facilitator has to do something about this person."""
        asks = self in (NoMailReason.PROBLEMS, NoMailReason.WRITTEN)
        return self.may_have_left or self.did_not_arrive or asks
