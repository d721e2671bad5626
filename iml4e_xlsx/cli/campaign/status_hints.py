"""Adds to a status which commands help with a problem."""

from __future__ import annotations

from iml4e_xlsx.campaign.people.participant import Participant
from iml4e_xlsx.campaign.people.participant_messages import has_mail_problem
from iml4e_xlsx.campaign.people.status_tables import StatusHints
from iml4e_xlsx.campaign.record.mails import MailKind
from iml4e_xlsx.text.texts import Texts

MAIL_COMMANDS = {
    MailKind.INVITATION: "send",
    MailKind.REMINDER: "remind",
    MailKind.DEADLINE: "remind --moved",
    **{kind: "answer" for kind in MailKind if kind.is_answer},
}
"""The command that sends a mail of a kind."""


def make_status_hints(texts: Texts) -> StatusHints:
    """Make the hints of the command line, in a language."""

    def hint_for_problem(participant: Participant) -> str:
        mail = participant.decisive_mail or participant.invitation
        if mail is None or not has_mail_problem(participant):
            return ""
        key = f"status_hints.mail_{mail.state.value}"
        if key not in texts:
            return ""
        command = MAIL_COMMANDS[mail.kind]
        return texts(key, mail=participant.person.mail, command=command)

    return StatusHints(
        for_problem=hint_for_problem,
        for_aside=texts("status_hints.files_aside"),
        for_odd=texts("status_hints.odd"),
        for_letters=texts("status_hints.letters"),
    )
