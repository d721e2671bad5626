"""
Defines what the state of a mail means: the stage of the person, and why no other mail leaves.

This is the one table of it. The texts of a state stand under `mail_states.<state>`: its `label`
in the status, and as `problem` what is wrong where the mail may not have arrived.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from iml4e_xlsx.campaign.people.stages import NoMailReason, Stage
from iml4e_xlsx.campaign.record.mails import MailState


@dataclass(frozen=True, slots=True)
class MailMeaning:
    """
    What a mail in some state means for the person it is to.

    `stage` is how far somebody has come of whom nothing else is known; `reason` is why the same
    mail does not leave by itself now, None where it does.
    """

    stage: Stage
    reason: NoMailReason | None


MAIL_MEANINGS: Final = {
    MailState.SENT: MailMeaning(Stage.MISSING, NoMailReason.SENT),
    # A draft is sent by hand; only the sender knows whether it was, so it counts as sent.
    MailState.DRAFTED: MailMeaning(Stage.MISSING, NoMailReason.DRAFTED),
    # Neither of these leaves again by itself: nobody is mailed twice without being asked for.
    MailState.SENDING: MailMeaning(Stage.MAIL_UNCERTAIN, NoMailReason.SENDING),
    MailState.UNCERTAIN: MailMeaning(Stage.MAIL_UNCERTAIN, NoMailReason.UNCERTAIN),
    # Trying again does not help until somebody corrects the address or the server's mind.
    MailState.REFUSED: MailMeaning(Stage.MAIL_FAILED, NoMailReason.REFUSED),
    MailState.BOUNCED: MailMeaning(Stage.MAIL_FAILED, NoMailReason.BOUNCED),
    # It certainly did not leave, so the next run sends it.
    MailState.DEFERRED: MailMeaning(Stage.NOT_MAILED, None),
}
"""The meaning of each state; a test holds that none is missing."""
