"""Names the workbooks of a round as they were named when it was first built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from iml4e_xlsx.campaign.record.people import BuiltWorkbook, Person
from iml4e_xlsx.roster import RosterRow
from iml4e_xlsx.roster.file_names import file_names


def keep_file_names(
    rows: Sequence[RosterRow],
    listed: Sequence[Person],
    built_workbooks: Mapping[int, BuiltWorkbook],
) -> list[str]:
    """
    Return the name of the workbook of each row.

    Releases before this one wrote `muller` in every language. A round that was built by one of
    them goes on so for everybody: another name makes another workbook, which people who have
    theirs already would be told to use, and names of both kinds could be the same.
    """
    names = [row.file_name for row in rows]
    unmarked = file_names([row.profile for row in rows])
    for person, name, plain_name in zip(listed, names, unmarked, strict=True):
        built = built_workbooks.get(person.id)
        if built is not None and name != plain_name == PurePosixPath(built.file).name:
            return list(unmarked)
    return names
