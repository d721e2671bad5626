"""Says which letters wait, before people are reminded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from iml4e_xlsx.cli.voice import command_text, current_voice
from iml4e_xlsx.text.interface_texts import load_texts

if TYPE_CHECKING:
    from iml4e_xlsx.campaign.record.letters import Letter


def say_letters(letters: Sequence[Letter]) -> None:
    """Say which letters wait: somebody should read them before those people are reminded."""
    from iml4e_xlsx.campaign.people.letter_messages import describe_letter

    if not letters:
        return
    lines = [command_text("letters_wait", count=len(letters))]
    lines += [f"  {describe_letter(letter, load_texts())}" for letter in letters]
    for line in (*lines, command_text("letters_next")):
        current_voice().say_error(line)
