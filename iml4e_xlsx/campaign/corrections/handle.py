"""Records that somebody saw to letters: mails without a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from iml4e_xlsx.campaign.record.connection import Record
from iml4e_xlsx.campaign.record.letters import Letter, all_letters, mark_handled
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.findings.error_codes import CorrectionErrorCode
from iml4e_xlsx.text.addresses import address_key
from iml4e_xlsx.text.message import Message, message
from iml4e_xlsx.text.moments import local_day

_SHORTEST: Final = 6
"""How much of a letter's name is needed: less may be the beginning of another one tomorrow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandleOutcome:
    """The letters that are handled now, and those that had been handled before."""

    handled: tuple[Letter, ...]
    before: tuple[Letter, ...]


def handle_letters(record: Record, names: Sequence[str], *, now: datetime) -> HandleOutcome:
    """
    Record that somebody saw to letters.

    Args:
        record: The campaign's record.
        names: Letters as the status names them, or the addresses of senders: all letters of each.
        now: The time that is recorded.

    Raises:
        CampaignError: If no letter is called so, or more than one; nothing is recorded then.
        RecordError: If the record cannot be written.
    """
    with record.begin(now) as tx:
        letters = all_letters(tx)
        chosen = {letter.key: letter for name in names for letter in _find_letters(letters, name)}
        waiting = [letter for letter in chosen.values() if letter.handled is None]
        mark_handled(tx, waiting)
    before = tuple(letter for letter in chosen.values() if letter.handled is not None)
    return HandleOutcome(handled=tuple(waiting), before=before)


def _find_letters(letters: Sequence[Letter], name: str) -> list[Letter]:
    """Find the letters that a name means: one, or all that an address has sent."""
    wanted = name.strip()
    if "@" in wanted:
        sent = [letter for letter in letters if letter.sender == address_key(wanted)]
        # The newest ones that wait; where none waits, all, so that it is said when they were.
        open_letters = [letter for letter in sent if letter.handled is None] or sent
        if not open_letters:
            raise CampaignError(CorrectionErrorCode.LETTER_UNKNOWN, letter=name, count=_SHORTEST)
        return open_letters
    prefix = wanted.lower()
    matches = [letter for letter in letters if letter.key.startswith(prefix)]
    if len(prefix) < _SHORTEST or not matches:
        raise CampaignError(CorrectionErrorCode.LETTER_UNKNOWN, letter=name, count=_SHORTEST)
    if len(matches) > 1:
        raise CampaignError(
            CorrectionErrorCode.LETTER_AMBIGUOUS,
            letter=name,
            letters=tuple(map(_describe_letter, matches)),
        )
    return matches


def _describe_letter(letter: Letter) -> Message:
    return message(
        "corrections.letter_choice",
        letter=letter.key[:20],
        sender=letter.sender or message("corrections.no_sender"),
        day=local_day(letter.received),
        subject=letter.subject,
    )
