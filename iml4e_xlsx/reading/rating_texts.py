"""Tells what a text in a score cell may mean besides a rating: a date, a remark, a doubt."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

_DASHES: Final = r"\-\u2010-\u2015\u2212"
_MARKS: Final = rf"[{_DASHES}:.,)=]"

_FIGURE_AND_WORD: Final = (
    re.compile(rf"(?P<figure>\d{{1,3}})(?:\s*{_MARKS}\s*|\s+)(?P<word>.+)"),
    re.compile(r"(?P<figure>\d{1,3})\s*\((?P<word>.+)\)"),
    re.compile(rf"(?P<word>.+?)(?:\s*{_MARKS}\s*|\s+)(?P<figure>\d{{1,3}})"),
    re.compile(r"(?P<word>.+?)\s*\((?P<figure>\d{1,3})\)"),
)
_LONGEST_LABEL: Final = 200
"""Beyond this a text is no figure with a word, and a remark cannot begin; no label is longer."""

_REMARK_START: Final = re.compile(rf"\s*[{_DASHES}:;](?=[\s\w])|[.,](?=\s)|\s*\(")
_FARTHEST_REMARK: Final = 80

_MONTHS: Final = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
    "|januar|jänner|februar|märz|mai|juni|juli|oktober|dezember|mär|mrz|okt|dez"
)
_PERIODS: Final = "quarter|quartal|halbjahr|half|week|woche|kw|day|tag|year|jahr"
_DATE: Final = re.compile(
    rf"""
      \d{{1,2}}(?:st|nd|rd|th)?\s*[{_DASHES}./]?\s*(?:of\s)?(?:{_MONTHS})\b[\s.,/'{_DASHES}]*
      (?:\d{{2}}|\d{{4}})?
    | \d{{1,2}}\.\s?(?:{_MONTHS}|{_PERIODS})\b.*
    | (?:{_MONTHS})[\s./{_DASHES}]*\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s*\d{{4}})?
    | \d{{1,2}}\.\s?\d{{1,2}}\.(?:\s?\d{{2,4}})?
    | \d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}(?:[T\s].*)?
    | \d{{1,2}}[-/]\d{{1,2}}[-/]\d{{2,4}}
    | \d{{1,2}}:\d{{2}}(?::\d{{2}})?(?:\s?[ap]\.?m\.?)?
    """,
    re.VERBOSE | re.IGNORECASE,
)

_DENIAL: Final = re.compile(
    r"(?<!\w)(?:no(?!\.?\s?\d)|not|none|never|neither|nor|nothing|cannot|\w+n['\u2019]t"
    r"|nein|nicht|nichts|nie|niemals|kein\w{0,2}|planned|geplant)(?!\w)",
    re.IGNORECASE,
)
_DOUBT: Final = re.compile(
    r"\?(?!\w)|\u00bf|(?<!\w)(?:unsure|uncertain|unclear|unknown|doubt\w*|maybe|perhaps|probably"
    r"|possibly|guess\w*|tb[dca]|to be (?:decided|determined|defined|confirmed|clarified|checked)"
    r"|unsicher|unklar|unbekannt|fraglich|zweifel\w*|vielleicht|evtl|eventuell|vermutlich"
    r"|wahrscheinlich|möglicherweise|zu klären|noch offen)(?!\w)",
    re.IGNORECASE,
)

_ORDER_CHANGE: Final = re.compile("[\u202d\u202e]")


def pair_figure_and_word(text: str) -> list[tuple[int, str]]:
    """Return the ways in which a text is a figure and a word, in either order."""
    has_figure = text[:1].isdigit() or text.rstrip(")")[-1:].isdigit()
    if len(text) > _LONGEST_LABEL or not has_figure:
        return []
    matches = (form.fullmatch(text) for form in _FIGURE_AND_WORD)
    return [
        (int(match["figure"]), match["word"])
        for match in matches
        # Two figures are no figure and word, whatever the words of the scheme are.
        if match is not None and any(c.isalpha() for c in match["word"])
    ]


def split_remark(text: str) -> list[tuple[str, str]]:
    """Return the ways in which a text is a beginning and a remark, the longest beginning first."""
    splits = []
    # From the right, since a label has a hyphen of its own: "2 - Largely - see wiki".
    for start in reversed(list(_REMARK_START.finditer(text, 0, _FARTHEST_REMARK))):
        remark = text[start.end() :].strip()
        if start.group().strip() == "(":
            remark = remark.removesuffix(")").strip()
        splits.append((text[: start.start()], remark))
    return splits


def is_date_text(text: str) -> bool:
    """Return whether a text is a date, a time or a period, as "3. Mai" is."""
    return _DATE.fullmatch(text) is not None


def has_doubt(remark: str) -> bool:
    """Return whether a remark says that the rating before it is not certain."""
    return _DOUBT.search(remark) is not None


def has_denial(remark: str) -> bool:
    """Return whether a remark says that something is not so; for n/a, this is its reason."""
    return _DENIAL.search(remark) is not None


def has_doubtful_characters(text: str) -> bool:
    """
    Return whether a text may look otherwise than it is stored.

    So do characters that turn the order around, and raised or circled figures beside others:
    0² is not 2, although both stand for the same digits.
    """
    if text.isascii():
        return False
    return _ORDER_CHANGE.search(text) is not None or any(
        one.isdigit() and other.isdigit() and not (one.isdecimal() and other.isdecimal())
        for one, other in pairwise(text[:_LONGEST_LABEL])
    )
