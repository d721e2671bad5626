"""Mails of any content: none raises an error, and none leaves a file behind."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from iml4e_xlsx.intake.seals import recognise_seal
from tests.support import outlook
from tests.support.mutation import cut, flip, overwrite, repeat, truncate
from tests.support.saved_mails import (
    make_mail,
    make_seeds,
    read_everything,
    search_mail,
)

PLAIN = st.characters(exclude_categories=("C", "Z"), exclude_characters='/\\"')


@given(name=st.text(PLAIN, min_size=1, max_size=60), content=st.binary(max_size=2000))
def test_names_and_contents_go_through_a_mail_unchanged(name: str, content: bytes) -> None:
    """As the standard library writes them, and as Outlook's format does."""
    called = f"{name}.xlsx"
    assume(recognise_seal(called, content) is None)  # a sealed file is never opened
    for data in (
        make_mail((called, content)).as_bytes(),
        outlook.message(files={called: content}).to_bytes(),
    ):
        result = search_mail(data)
        hidden = name.startswith((".", "~$", "__MACOSX"))
        assert result.names == ([] if hidden else [f"m/{called}"])
        assert result.contents == ([] if hidden else [content])


SEEDS = make_seeds()


@settings(max_examples=400)
@given(st.integers(0, 2**32), st.integers(0, len(SEEDS) - 1), st.integers(1, 6))
def test_a_damaged_mail_never_raises(seed: int, which: int, times: int) -> None:
    """Whatever is done to it: workbooks and failures, and never a defect."""
    rng = Random(seed)
    data = SEEDS[which]
    for _ in range(times):
        data = rng.choice((flip, cut, repeat, overwrite, truncate))(data, rng) or b"x"
    read_everything(data)


@given(st.binary(max_size=3000))
def test_noise_is_no_mail(data: bytes) -> None:
    """Nor does it raise, with or without the signature of an OLE file."""
    read_everything(data)
    read_everything(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + data)


def test_nothing_is_written_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even into the folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    for seed in SEEDS:
        read_everything(seed)

    assert list((tmp_path / "tmp").iterdir()) == []
