"""Errors are codes and values: each has its words, in the texts, and is raised with its values."""

from __future__ import annotations

import ast
import inspect
from enum import StrEnum

import pytest

from iml4e_xlsx import errors
from iml4e_xlsx.findings import error_codes
from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.texts import PLURAL_FORMS
from tests.support.calls import Call, calls_in_package, enum_members, named_members
from tests.support.interface_files import placeholders_of

ENTRIES = load_texts().entries
CODE_ENUMS: dict[str, type[StrEnum]] = {
    name: enum
    for name, enum in vars(error_codes).items()
    if inspect.isclass(enum) and issubclass(enum, StrEnum) and enum.__name__ == name != "StrEnum"
}
ALL_CODES = [code for enum in CODE_ENUMS.values() for code in enum]
CODED_ERRORS = {
    name
    for name, error in vars(errors).items()
    if inspect.isclass(error)
    and issubclass(error, errors.Iml4eError)
    and not issubclass(
        error, errors.FindingsError | errors.WorkbookReadError | errors.JoinedCampaignError
    )
}


def placeholders(key: str) -> set[str]:
    """Return the names that a text takes, in all its plural forms."""
    forms = [
        entry for entry in (key, *(f"{key}.{form}" for form in PLURAL_FORMS)) if entry in ENTRIES
    ]
    assert forms, f"there is no text {key}"
    names = set().union(*(placeholders_of(ENTRIES[form]) for form in forms))
    return names if forms == [key] else names | {"count"}


def text_keys(prefix: str) -> set[str]:
    """Return the keys below a prefix, a text with plural forms once."""
    keys = {key.removeprefix(prefix) for key in ENTRIES if key.startswith(prefix)}
    return {
        key.rpartition(".")[0] if key.rpartition(".")[2] in PLURAL_FORMS else key for key in keys
    }


def has_code(call: Call) -> bool:
    """Return whether an error is made of codes of an enum, or of one that is handed on."""
    if not call.node.args:
        return False
    first = call.node.args[0]
    return bool(enum_members(first, "ErrorCode")) or getattr(first, "id", "") == "code"


def test_every_code_has_a_text_and_every_text_a_code() -> None:
    """Neither has what the other lacks, and no two subjects share a code."""
    assert len(set(ALL_CODES)) == len(ALL_CODES)
    assert text_keys("errors.") == set(ALL_CODES)
    assert text_keys("failures.") == set(FailureCode)
    assert text_keys("hints.") <= {*ALL_CODES, *FailureCode}


def test_every_code_is_used() -> None:
    """A code that nothing raises is dead."""
    members = {(name, code.name) for name, enum in CODE_ENUMS.items() for code in enum}
    members |= {("FailureCode", code.name) for code in FailureCode}

    assert members <= named_members("Code")


def test_every_enum_of_codes_is_in_the_type_of_all_codes() -> None:
    """mypy knows every code of an error as one."""
    union = error_codes.ErrorCode
    assert set(getattr(union, "__args__", (union,))) == set(CODE_ENUMS.values())


def test_errors_are_raised_by_code() -> None:
    """No error is made of a sentence."""
    makers = [call for call in calls_in_package() if call.name in CODED_ERRORS]

    assert makers
    assert [call.place for call in makers if not has_code(call)] == []


def test_errors_are_raised_with_the_values_of_their_texts() -> None:
    """A value more or less would be lost, or a KeyError, when the error is shown."""
    wrong = []
    for call in calls_in_package():
        codes = [CODE_ENUMS[enum][member] for enum, member in call.members("ErrorCode")]
        names = [placeholders(f"errors.{code}") for code in codes]
        # Of two codes by a condition each may leave out a value; a helper adds values of its own.
        is_helper = call.name not in CODED_ERRORS
        complete = is_helper or all(each <= call.keywords for each in names)
        if codes and not (complete and call.keywords <= set().union(*names)):
            wrong.append((call.place, codes, names, sorted(call.keywords)))

    assert not wrong


def test_failures_are_made_with_the_values_of_their_texts() -> None:
    """The same for files that yield nothing; `source` is the file itself."""
    wrong = []
    for call in calls_in_package():
        if call.name != "make_failure" or call.has_unnamed_values:
            continue
        for _, member in call.members("FailureCode"):
            names = placeholders(f"failures.{FailureCode[member]}") - {"source"}
            if names != call.keywords:
                wrong.append((call.place, member, sorted(names), sorted(call.keywords)))

    assert not wrong


def test_files_are_refused_with_the_values_of_their_reasons() -> None:
    """The code comes first, then the reason with what its text names."""
    wrong = []
    refusals = [call for call in calls_in_package() if call.name == "FileRefusal"]
    for call in refusals:
        for reason in reasons_of(call):
            names = placeholders(f"reason.{reason}")
            if names != call.keywords and not call.has_unnamed_values:
                wrong.append((call.place, reason, sorted(names), sorted(call.keywords)))

    assert refusals
    assert not wrong


def reasons_of(call: Call) -> list[str]:
    """Return the reasons that a file is refused for, as literals or members of their enum."""
    arguments = call.node.args[1:2]
    literal = [arg.value for arg in arguments if isinstance(arg, ast.Constant)]
    members = [member for arg in arguments for _, member in enum_members(arg, "Reason")]
    return [*map(str, literal), *(member.lower().replace("_", "-") for member in members)]


@pytest.mark.parametrize("function", ["message", "texts", "Message"])
def test_texts_are_asked_for_with_the_values_that_they_take(function: str) -> None:
    """Each key that stands in the code exists, and its names are those of the values."""
    wrong = []
    for call in calls_in_package():
        if call.name != function or "." not in call.text_key or call.has_unnamed_values:
            continue
        if call.text_key not in load_texts():
            wrong.append((call.place, call.text_key, "is no text"))
        elif call.keywords and placeholders(call.text_key) != call.keywords:
            names = sorted(placeholders(call.text_key))
            wrong.append((call.place, call.text_key, f"{names} != {sorted(call.keywords)}"))

    assert not wrong
