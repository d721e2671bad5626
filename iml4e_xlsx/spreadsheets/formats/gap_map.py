"""
Keeps the gaps of sheets that were read before: the next workbook has most of them as well.

What is kept is bounded, and depends on nothing but the markup and the styles of a workbook.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import Final

from iml4e_xlsx.spreadsheets.formats.sheet_content import ERROR, Behind
from iml4e_xlsx.spreadsheets.formats.sheet_gaps import (
    END_MARK,
    VALUE_END,
    Gap,
    GapReader,
    ValueCell,
    ValueForm,
    begin_sheet,
)
from iml4e_xlsx.spreadsheets.grid import CellPosition

_MOST_KEPT: Final = 6_000
"""How many gaps are kept: a program writes some 2,000 into workbooks of 120 statements."""

_LONGEST_KEPT: Final = 1 << 11
_ENDS: Final = (ValueForm.NONE, ValueForm.INLINE)
"""The forms behind which a gap begins in another way than behind all others."""

_PLAIN_FORMS: Final = frozenset({ValueForm.INLINE, ValueForm.TEXT_RESULT})
"""The forms of values that are texts themselves."""

_MOST_CHARACTERS: Final = 1 << 20
"""How long all kept gaps are together, and a quarter of that a sequence: what is kept counts
against the memory of the next file."""

_MOST_SEQUENCES, _LONGEST_SEQUENCE = 16, 2_000
_MOST_STYLES: Final = 4_096
"""For a workbook with more styles of these kinds, nothing is kept."""


@dataclass(frozen=True, slots=True)
class GapEnds:
    """
    The gaps around many values, for pieces that each begin with a value and end with its gap.

    `gaps` are all of them, from the one before the first value on; `ends` are the markups of the
    others, each with the end of the value before it. `texts` says which values are indexes,
    `plain` which are texts themselves, and `tags` how many tags begin in all ends.
    """

    gaps: list[Gap]
    ends: list[str]
    texts: list[int]
    plain: list[int]
    tags: int

    @classmethod
    def from_gaps(cls, gaps: list[Gap], ends: list[str]) -> GapEnds | None:
        """Return the ends of values between these gaps; None if a text may stand elsewhere."""
        forms = [gap.form for gap in gaps]
        odd = [gap for gap in gaps if gap.form is ValueForm.OTHER and gap.cell.kind != ERROR]
        if odd:
            return None
        return cls(
            gaps=gaps,
            ends=ends,
            texts=[at for at, form in enumerate(forms) if form is ValueForm.SHARED],
            plain=[at for at, form in enumerate(forms) if form in _PLAIN_FORMS],
            tags=sum(end.count("<") for end in ends),
        )

    def fit(self, pieces: Sequence[str]) -> GapEnds | None:
        """
        Return the ends of other pieces around the same places; None if they have others.

        A formula yields a number in one workbook and a text in another, and then all but some of
        the gaps are the same.
        """
        hits = list(map(str.endswith, pieces, self.ends))
        if False not in hits:
            return self
        gaps, ends = self.gaps.copy(), self.ends.copy()
        for at, is_hit in enumerate(hits):
            if is_hit:
                continue
            markup = pieces[at].partition(VALUE_END)[2]
            gap = gaps[at].following.get(END_MARK + markup)
            if gap is None or gap.notes is not None:
                return None
            if gap.following is not gaps[at + 1].following:  # it leads to another place
                return None
            gaps[at + 1], ends[at] = gap, VALUE_END + markup
        return GapEnds.from_gaps(gaps, ends)

    def cut_value(self, pieces: Sequence[str], at: int) -> str:
        """Return the value at the beginning of one of the pieces."""
        return pieces[at][: -len(self.ends[at])]


@dataclass(frozen=True, slots=True)
class GapSequence:
    """
    The gaps of many rows together, between which stand known forms of values alone.

    `first` and `last` are the gaps around it all, `markups` those behind each value. `texts`,
    `inline` and `results` say which values are indexes, texts, and numbers that formulas yield, and
    `text_results` has the cells of texts that formulas yield. `rows` says of each row where its
    values begin and end among all, and in which columns they stand; `with_results` and
    `without_results` are what stands behind formulas that yield numbers.
    """

    first: Gap
    last: Gap
    markups: list[str]
    texts: list[int]
    inline: list[int]
    results: list[int]
    text_results: dict[int, ValueCell]
    rows: list[tuple[int, int, int, tuple[int, ...]]]
    with_results: dict[CellPosition, Behind]
    without_results: dict[CellPosition, Behind]

    @classmethod
    def from_gaps(cls, every: list[Gap], markups: list[str]) -> GapSequence | None:
        """Return the sequence of gaps, all but the first with this markup; None for other forms."""
        *gaps, last = every
        places: dict[ValueForm, list[int]] = {form: [] for form in ValueForm}
        for at, gap in enumerate(gaps):
            places[gap.form].append(at)
        if places[ValueForm.OTHER] or places[ValueForm.NONE]:
            return None
        cells = [gaps[at].cell for at in places[ValueForm.RESULT]]
        return cls(
            first=every[0],
            last=last,
            markups=markups,
            texts=places[ValueForm.SHARED],
            inline=places[ValueForm.INLINE],
            results=places[ValueForm.RESULT],
            text_results={at: gaps[at].cell for at in places[ValueForm.TEXT_RESULT]},
            rows=list(_list_rows(gaps)),
            with_results={cell.position: cell.with_result for cell in cells},
            without_results={cell.position: cell.without_result for cell in cells},
        )


def _list_rows(gaps: list[Gap]) -> Iterator[tuple[int, int, int, tuple[int, ...]]]:
    """Yield the rows of the values behind gaps, as `GapSequence` has them."""
    start = 0
    for row, group in groupby(gaps, key=attrgetter("row")):
        cols = tuple(gap.col for gap in group)
        yield row, start, start + len(cols), cols
        start += len(cols)


class GapMap:
    """
    The gaps that were read before, by the place where each stands.

    A place is the cell whose value stands before a gap, and how the text in that cell ends. Other
    workbooks go through the same places in other ways: a cell is empty in one, filled in another.

    Args:
        reader: Reads those that are new.
    """

    def __init__(self, reader: GapReader) -> None:
        self.reader = reader
        self.start = begin_sheet()
        self._places: dict[tuple[int, int, ValueForm | None], dict[str, Gap]] = {}
        self._count = 0
        self._characters = 0
        self._sequences: dict[tuple[str, int], GapSequence | None] = {}
        self._ends: dict[tuple[str, int], GapEnds | None] = {}
        self._misses: dict[tuple[str, int], int] = {}

    def __len__(self) -> int:
        """Return how many gaps were read since strangers last filled the map."""
        return self._count

    def find_gap(self, before: Gap, markup: str, *, keep: bool) -> Gap:
        """
        Return the gap with this markup behind another one.

        Args:
            before: The other one.
            markup: What stands behind its value.
            keep: Whether other workbooks may have it as well.

        Raises:
            OddFormError: If the markup has a form that `sheet_gaps` does not know.
            ValueError: If it has an entity that XML does not know.
        """
        gap = before.following.get(markup)
        if gap is not None:
            return gap
        if not keep or len(markup) > _LONGEST_KEPT:
            return self.reader.read_gap(before, markup, _find_nothing)
        # Strangers must not fill the memory.
        if self._count == _MOST_KEPT or self._characters > _MOST_CHARACTERS:
            self.start, self._count, self._characters = begin_sheet(), 0, 0
            self._places, self._sequences, self._ends, self._misses = {}, {}, {}, {}
        gap = self.reader.read_gap(before, markup, self._find_following)
        before.following[markup] = gap
        self._count += 1
        self._characters += len(markup)
        return gap

    def _find_following(self, row: int, col: int, form: ValueForm) -> dict[str, Gap]:
        return self._places.setdefault((row, col, form if form in _ENDS else None), {})

    def find_sequence(self, first: Gap, markups: list[str]) -> GapSequence | None:
        """Return the gaps behind a first one as a sequence if they were kept as one."""
        if not self._sequences or not markups:
            return None
        key = _sequence_key(markups, len(markups))
        sequence = self._sequences.get(key)
        if sequence is None or sequence.first is not first or sequence.markups != markups:
            return None
        self._misses[key] = 0
        return sequence

    def find_ends(self, first: Gap, pieces: Sequence[str]) -> GapEnds | None:
        """Return the ends of pieces behind a first gap if a sequence around the same was kept."""
        if not pieces:
            return None
        key = _sequence_key([END_MARK + pieces[0].partition(VALUE_END)[2]], len(pieces))
        ends = self._ends.get(key)
        if ends is None or ends.gaps[0] is not first:
            return None
        ends = ends.fit(pieces)
        if ends is not None:
            self._misses[key] = 0
        return ends

    def keep_sequence(self, first: Gap, markups: list[str]) -> None:
        """Keep the gaps behind a first one as a sequence, if they can be one and none was found."""
        if not 0 < len(markups) <= _LONGEST_SEQUENCE:
            return
        if sum(map(len, markups)) > _MOST_CHARACTERS // 4:
            return
        key = _sequence_key(markups, len(markups))
        misses = self._misses[key] = self._misses.get(key, 0) + 1
        # Only the gaps between formulas stay the same in all workbooks of a round. The second one
        # of another round takes the place; gaps that never return do so more and more rarely.
        if misses & (misses - 1):
            return
        if key not in self._sequences and len(self._sequences) == _MOST_SEQUENCES:
            oldest = next(iter(self._sequences))  # the least likely to return
            del self._sequences[oldest], self._ends[oldest], self._misses[oldest]
        gaps = _follow_markups(first, markups)
        self._sequences[key] = self._ends[key] = None
        if gaps is not None:
            ends = [VALUE_END + markup.removeprefix(END_MARK) for markup in markups]
            self._sequences[key] = GapSequence.from_gaps(gaps, markups)
            self._ends[key] = GapEnds.from_gaps(gaps, ends)


def _follow_markups(first: Gap, markups: list[str]) -> list[Gap] | None:
    """Return a first gap and those with these markups behind it; None if one is not kept."""
    gaps = [first]
    for markup in markups:
        gap = gaps[-1].following.get(markup)
        if gap is None or gap.notes is not None:
            return None
        gaps.append(gap)
    return gaps


def _find_nothing(_row: int, _col: int, _form: ValueForm) -> dict[str, Gap]:
    """Return no gaps: nothing is kept behind a gap that is not kept itself."""
    return {}


def _sequence_key(markups: list[str], count: int) -> tuple[str, int]:
    """Return what so many gaps of one sheet, as one program writes it, have in common."""
    return markups[0], count


def keep_gaps(percent: frozenset[str], moments: frozenset[str], *, has_x14ac: bool) -> GapMap:
    """Return the gaps that were read before in workbooks with these styles."""
    if len(percent) + len(moments) > _MOST_STYLES:
        return GapMap(GapReader(percent, moments, has_x14ac=has_x14ac))
    return _keep_gaps(percent, moments, has_x14ac=has_x14ac)


@lru_cache(maxsize=4)
def _keep_gaps(percent: frozenset[str], moments: frozenset[str], *, has_x14ac: bool) -> GapMap:
    return GapMap(GapReader(percent, moments, has_x14ac=has_x14ac))
