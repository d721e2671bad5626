"""Makes the failures of files: what is wrong with one that yields nothing."""

from __future__ import annotations

from dataclasses import replace

from iml4e_xlsx.findings.failure import Failure, FailureCode
from iml4e_xlsx.text.message import plain_values
from iml4e_xlsx.text.spelling import path_text
from iml4e_xlsx.text.texts import Texts


def make_failure(texts: Texts, code: FailureCode, source: str, **values: object) -> Failure:
    """
    Make the failure of a file.

    Args:
        texts: The language of its message.
        code: What is wrong.
        source: The file, as a person names it.
        values: What the text of the code names, such as `reason`; messages are in that language.
    """
    plain, shown = plain_values(values), path_text(source)
    words = texts(f"failures.{code.value}", source=shown, **plain)
    return Failure(source=shown, code=code, message=words, values=plain)


def reword_failure(texts: Texts, failure: Failure, text_key: str) -> Failure:
    """Return a failure with another text than the usual one of its code; it has the same values."""
    words = texts(text_key, source=failure.source, **failure.values)
    return replace(failure, message=words, text_key=text_key)
