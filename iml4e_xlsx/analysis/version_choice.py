"""Chooses which of several versions of one person's response counts, and says on what grounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from iml4e_xlsx.text.message import Message, message
from iml4e_xlsx.text.moments import describe_second

_ZONES: Final = timedelta(hours=14)
"""So far may a local time be from the same time elsewhere."""


class ChoiceGrounds(StrEnum):
    """The grounds on which one version gives way to another; the words stand under `grounds`."""

    RATED = "rated"  #: Only the other has ratings.
    SENT_AGAIN = "sent-again"  #: The person sent the other again, after this one had come.
    SAVED = "saved"  #: The other was saved later, as both documents themselves say.
    DATED = "dated"  #: The date that the respondent entered in the other is later.
    RECEIVED = "received"  #: The other came later; both came by mail.
    CHANGED = "changed"  #: Both came at once; the other was changed later, as their mail says.
    FULLER = "fuller"  #: Nothing tells which is later; the other has more ratings.
    UNDECIDED = "undecided"  #: Nothing tells which is later, nor which is fuller.


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSigns:
    """
    What tells the later of two versions.

    Attributes:
        saved: When the document was last saved, as it says itself; None if it does not.
        date: The date in the profile, as ISO 8601, or empty.
        received: When it came; None if that is not known.
        changed: When it was last changed, as the mail or the folder says that it lay in.
        is_sent_again: Whether the person has sent it more than once; `received` is the last time.
        answered: How many statements have a rating.
        order: Decides where nothing else does: the same in every run, and no file's name.
    """

    saved: datetime | None = None
    date: str = ""
    received: datetime | None = None
    changed: datetime | None = None
    is_sent_again: bool = False
    answered: int = 0
    order: str = ""


@dataclass(frozen=True, slots=True)
class VersionChoice:
    """
    Which version counts, as its place in the sequence.

    `given_way` holds for each other version the one that it gives way to, and the grounds.
    """

    counted: int
    given_way: Mapping[int, tuple[int, ChoiceGrounds]]


def choose_version(versions: Sequence[VersionSigns]) -> VersionChoice:
    """
    Return which of the versions counts, whatever their order.

    A sign decides only between versions that both have it: a file without a date is neither
    older nor newer than one with a date. What one sign leaves open, the next one decides.

    Raises:
        IndexError: If there is none.
    """
    left = list(range(len(versions)))
    given_way: dict[int, tuple[int, ChoiceGrounds]] = {}
    for grounds, precedes in _SIGNS:
        beaten = {
            number: [other for other in left if precedes(versions[number], versions[other])]
            for number in left
        }
        left = [number for number in left if not beaten[number]]
        for number, others in beaten.items():
            if others:
                # one that gives way to nobody on these grounds
                best = next((other for other in others if other in left), others[-1])
                given_way[number] = (best, grounds)
    return VersionChoice(left[0], given_way)


def _was_saved_before(version: VersionSigns, other: VersionSigns) -> bool:
    """Tell whether a version was certainly saved before another one."""
    first, second = version.saved, other.saved
    if first is None or second is None:
        return False
    if (first.tzinfo is None) == (second.tzinfo is None):
        return first < second
    # One of them is a local time, nobody knows where.
    return _utc_time(first) + _ZONES < _utc_time(second)


def _utc_time(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_before(moment: datetime | None, other: datetime | None) -> bool:
    """Tell whether a moment is before another one; not if either is unknown."""
    return moment is not None and other is not None and moment < other


_SIGNS: Final[tuple[tuple[ChoiceGrounds, Callable[[VersionSigns, VersionSigns], bool]], ...]] = (
    (ChoiceGrounds.RATED, lambda one, other: not one.answered and other.answered > 0),
    # Who sends the same file once more means it, whatever was saved in between.
    (
        ChoiceGrounds.SENT_AGAIN,
        lambda one, other: other.is_sent_again and _is_before(one.received, other.received),
    ),
    (ChoiceGrounds.SAVED, _was_saved_before),
    (ChoiceGrounds.DATED, lambda one, other: "" < one.date < other.date),
    (ChoiceGrounds.RECEIVED, lambda one, other: _is_before(one.received, other.received)),
    (ChoiceGrounds.CHANGED, lambda one, other: _is_before(one.changed, other.changed)),
    (ChoiceGrounds.FULLER, lambda one, other: one.answered < other.answered),
    (ChoiceGrounds.UNDECIDED, lambda one, other: one.order < other.order),
)


def grounds_message(
    grounds: ChoiceGrounds, left_out: VersionSigns, counted: VersionSigns
) -> Message:
    """Return why one version counts and not the other, with the signs that decide."""
    signs = [_show_sign(grounds, version) for version in (left_out, counted)]
    return message(f"grounds.{grounds.value}", sign=signs[0], counted_sign=signs[1])


def _show_sign(grounds: ChoiceGrounds, version: VersionSigns) -> str:
    if grounds is ChoiceGrounds.DATED:
        return version.date
    moments = {ChoiceGrounds.SAVED: version.saved, ChoiceGrounds.CHANGED: version.changed}
    moment = moments.get(grounds, version.received)
    if moment is None:
        return ""
    if moment.tzinfo is None:  # a local time; nobody knows where
        return f"{moment:%Y-%m-%d %H:%M:%S}"
    return describe_second(moment)
