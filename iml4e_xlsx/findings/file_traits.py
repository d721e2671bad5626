"""Defines the traits of a returned file that tell it from others, and the older from the newer."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

_MODIFIED: Final = re.compile(r"<(?:\w+:)?modified\b[^<>]*>\s*([^<>\s]{8,40})\s*</")
_SAVED: Final = re.compile(r"<dc:date\b[^<>]*>\s*([^<>\s]{8,40})\s*</")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTraits:
    """
    What is known of a returned file besides the response in it.

    Attributes:
        digest: The digest of its bytes; empty if the response was not read in a file.
        modified: When it was last saved, as the document itself says; without a time zone where
            the document names none. No copy, mail or download changes it.
        received: When the mail that brought it arrived; None if no mail did.
    """

    digest: str = ""
    modified: datetime | None = None
    received: datetime | None = None


def content_digest(data: bytes) -> str:
    """Return the digest that tells the content of a file from every other content."""
    return hashlib.sha256(data).hexdigest()


def find_modified(properties: str) -> datetime | None:
    """
    Return when a document was last saved, by the text of its properties.

    Args:
        properties: The parts of the file that hold properties: `dcterms:modified` of Office Open
            XML, `dc:date` of OpenDocument; readers of other formats write them in the same way.
    """
    found = _MODIFIED.search(properties) or _SAVED.search(properties)
    if found is not None:
        with suppress(ValueError):  # a program wrote something else there
            return datetime.fromisoformat(found[1])
    return None
