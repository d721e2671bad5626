"""Chooses one spelling among those that several people typed, whatever order they come in."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

from iml4e_xlsx.text.spelling import name_key


def choose_usual_form(texts: Iterable[str]) -> str:
    """
    Return the most frequent value in its most frequent spelling; empty if there is none.

    Of equally frequent spellings, one with capitals and small letters comes first: few names are
    written in one kind only. Then the order of the characters decides. Empty texts never count.
    """
    forms = Counter(form for text in texts if (form := _squeeze_text(text)))
    values: Counter[str] = Counter()
    for form, count in forms.items():
        values[name_key(form)] += count
    usual = min(values, key=lambda value: (-values[value], value), default="")
    alike = [form for form in forms if name_key(form) == usual]
    return min(alike, key=lambda form: (-forms[form], _is_of_one_case(form), form), default="")


def _squeeze_text(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _is_of_one_case(text: str) -> bool:
    return text.isupper() or text.islower()
