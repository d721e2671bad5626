"""A disk that refuses the drafts of some people."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.send import drafts
from iml4e_xlsx.errors import WorkbookWriteError
from iml4e_xlsx.findings.error_codes import OutputErrorCode
from iml4e_xlsx.output import write_output


@contextmanager
def refusing_drafts(stem: str) -> Iterator[None]:
    """Refuse to write drafts whose names begin with the stem; write all others."""

    def write_draft(path: Path, data: bytes, **options: bool) -> None:
        if path.name.startswith(stem):
            code = OutputErrorCode.OUTPUT_UNWRITABLE
            raise WorkbookWriteError(code, target=path, reason="no space left")
        write_output(path, data, **options)

    with pytest.MonkeyPatch.context() as disk:
        disk.setattr(drafts, "write_output", write_draft)
        yield
