"""Says which files were passed over: the names of a few, the kinds of many."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePath
from typing import Final

from iml4e_xlsx.cli.voice import command_text, current_voice

_NAMED_FILES: Final = 5
_NAMED_KINDS: Final = 6


class PassedOver:
    """Collects the names of files that are no workbooks, until reading ends."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def say_files(self) -> None:
        """Say each name where there are few or details are wanted, else how many of each kind."""
        voice = current_voice()
        environments = [name for name in self.names if name.endswith("/")]
        files = [name for name in self.names if not name.endswith("/")]
        for name in environments:
            voice.say("passed_over_environment", name=name)
        if len(files) <= _NAMED_FILES or voice.verbose:
            for name in files:
                voice.say("passed_over", name=name)
            return
        voice.say("passed_over_many", count=len(files), kinds=", ".join(_count_kinds(files)))


def _count_kinds(files: list[str]) -> list[str]:
    """Return how many files have each suffix, the most frequent first; rare ones together."""
    counts = Counter(PurePath(name).suffix.lower() for name in files)
    plain = counts.pop("", 0)
    kinds = sorted(counts.items(), key=lambda kind: (-kind[1], kind[0]))
    first, rest = kinds[:_NAMED_KINDS], kinds[_NAMED_KINDS:]
    listed = [f"{suffix} {count}" for suffix, count in first]
    if plain:
        listed.append(command_text("passed_over_plain", count=plain))
    if rest:
        listed.append(command_text("passed_over_rest", count=sum(count for _, count in rest)))
    return listed
