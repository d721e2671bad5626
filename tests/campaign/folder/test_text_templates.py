"""Texts that would use up the memory are refused before they are made."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.text_templates import TextTemplates
from iml4e_xlsx.errors import CampaignError

_DOUBLED = (
    "{{% set n = namespace(x={start}) %}}"
    "{{% for i in range(99) %}}{{% set n.x = n.x {operator} n.x %}}{{% endfor %}}"
)


@pytest.fixture(autouse=True)
def little_memory() -> Iterator[None]:
    """Let what is not refused fail at once, not take the machine's memory."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


@pytest.mark.parametrize(
    "text",
    [
        "{{ 'a' * 10000000000 }}",
        "{{ 10000000000 * 'a' }}",
        "{{ [1] * 10000000000 }}",
        "{% set n = 10 ** 10 %}{{ 'a' * n }}",
        "{{ 9 ** 9 ** 9 ** 9 }}",
        "{{ 'a'.ljust(10000000000) }}",
        "{{ 'a' | center(10000000000) }}",
        "{{ 'a' | indent(width=10000000000, first=true) }}",
        "{{ '%10000000000d' % 1 }}",
        "{{ '%*d' % (10000000000, 1) }}",
        "{{ '{:>10000000000}'.format(1) }}",
        _DOUBLED.format(start="'a'", operator="~"),
        _DOUBLED.format(start="'a'", operator="+"),
        _DOUBLED.format(start="[1]", operator="+"),
    ],
)
def test_a_text_without_end_is_refused_in_words(tmp_path: Path, text: str) -> None:
    """With the file and the line."""
    (tmp_path / "a.txt").write_text(f"Subject: a\n\n{text}\n", encoding="utf-8")
    with pytest.raises(CampaignError) as caught:
        TextTemplates(tmp_path).fill_template("a.txt", {})
    said = str(caught.value)
    assert "it would make a text of more than 1" in said
    assert "characters" in said
    assert "line 3" in said


def test_a_loop_without_end_is_refused_in_words(tmp_path: Path) -> None:
    """Where the text has become too long; the line is that of no single expression."""
    loop = "{% for i in range(90000) %}{% for j in range(90000) %}aaaa{% endfor %}{% endfor %}"
    (tmp_path / "a.txt").write_text(loop, encoding="utf-8")
    with pytest.raises(CampaignError, match=r"a\.txt: it would make a text of more than 1"):
        TextTemplates(tmp_path).fill_template("a.txt", {})


def test_what_texts_need_is_computed_as_ever(tmp_path: Path) -> None:
    """Rules, percentages, padding, lists."""
    text = "{{ '-' * 20 }}|{{ 3 * 4 }}|{{ 7 % 4 }}|{{ '%5.1f' % 2 }}|{{ 'a'.ljust(3) }}|"
    text += "{{ 'b' | center(3) }}|{{ [1, 2] | join(',') }}|{{ '{:>4}'.format(1) }}|"
    text += "{{ names | map('upper') | join }}"
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    made = TextTemplates(tmp_path).fill_template("a.txt", {"names": ["x", "y"]})
    assert made == f"{'-' * 20}|12|3|  2.0|a  | b |1,2|   1|XY"
