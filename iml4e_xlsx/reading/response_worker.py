"""
Runs the parsing process for returned workbooks: each file is answered with its response.

All that a stranger's file sets off happens here, under the limits of this process: opening and
parsing it, telling what it is, finding its answers, and what is wrong with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from iml4e_xlsx.reading.content_reader import ContentReader, ForeignWorkbookError
from iml4e_xlsx.reading.response_codec import pack_content, pack_reference, unpack_schemes
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.worker import FileAnswerer, serve_files
from iml4e_xlsx.text.texts import Texts


class SilentTexts(Texts):
    """Texts that say nothing: findings leave this process without their sentences."""

    __slots__ = ()

    def fill_in(self, keys: Iterable[str], _: Mapping[str, object]) -> list[str]:
        """Return no text for any of the keys."""
        return ["" for _key in keys]


def make_answerer(setup: bytes) -> FileAnswerer:
    """Return what answers files, for the schemes of a setup."""
    reader = ContentReader(unpack_schemes(setup), SilentTexts("", {}))

    def answer_with_response(data: bytes, limits: Limits) -> bytes:
        try:
            return pack_content(reader.read_content(data, limits))
        except ForeignWorkbookError as error:
            return pack_reference(error.reference)

    return answer_with_response


if __name__ == "__main__":
    serve_files(make_answerer)
