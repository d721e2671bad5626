"""Names of files: safe on every system, and stable."""

from __future__ import annotations

import random

from iml4e_xlsx.model import Profile
from iml4e_xlsx.roster.file_names import file_names


def name_files(*people: tuple[str, str]) -> tuple[str, ...]:
    return file_names([Profile(team=team, respondent=name) for team, name in people])


def test_file_names_are_safe_on_every_system() -> None:
    """No device of Windows, no letter outside ASCII, nobody without a name."""
    assert name_files(("", "CON"), ("", "lpt1"), ("", "Con Ny"), ("", "")) == (
        "workbook-con.xlsx", "workbook-lpt1.xlsx", "con-ny.xlsx", "workbook.xlsx",
    )  # fmt: skip
    assert name_files(("Søren/Łódź", "Groß")) == ("soren-lodz-gross.xlsx",)
    cyrillic = name_files(("Red", "Анна"), ("Red", "Борис"), ("Команда A", "Li"), ("Отдел A", "Li"))
    assert len(set(cyrillic)) == 4
    assert all(name.isascii() and name.startswith(("red-", "a-")) for name in cyrillic)


def test_letters_are_written_as_the_language_writes_them_plainly() -> None:
    """In whichever form of Unicode; a name of another language keeps its letters without marks."""
    profiles = [
        Profile(team="Qualität", respondent=name)
        for name in ("Jörg Müller", "Jo\u0308rg Mu\u0308ller-Groß", "Zoë", "Bjørn", "Øye Ås")
    ]
    assert file_names(profiles, ["de", "de-AT", "fr", "de", "nb"]) == (
        "qualitaet-joerg-mueller.xlsx", "qualitaet-joerg-mueller-gross.xlsx", "qualitat-zoe.xlsx",
        "qualitaet-bjorn.xlsx", "qualitat-oeye-aas.xlsx",
    )  # fmt: skip
    # Who comes out alike gets a hash, as everywhere.
    same = file_names([Profile(respondent="Müller"), Profile(respondent="Mueller")], ["de", "de"])
    assert all(name.startswith("mueller-") for name in same)
    assert len(set(same)) == 2


def test_file_names_do_not_depend_on_other_rows() -> None:
    """They do not depend on the order of rows, nor on rows that have other names."""
    people = [("Red", "Ann Li"), ("Red", "Ann-Li"), ("Red", "Анна"), ("Blue", "Ben"), ("", "NUL")]
    names = dict(zip(people, name_files(*people), strict=True))
    shuffled = random.Random(7).sample(people, len(people))

    assert len(set(names.values())) == len(people)
    assert dict(zip(shuffled, name_files(*shuffled), strict=True)) == names
    more = [("New", "One"), *people]
    assert dict(zip(more, name_files(*more), strict=True)).items() >= names.items()
