"""Names the places in which originals can be kept: what the setting `originals` may say."""

from __future__ import annotations

import re
from typing import Final

IN_FOLDER: Final = "folder"
IN_RECORD: Final = "record"
"""What the setting says where it is not a URL."""

_URL: Final = re.compile(r"(?!.*::)[a-z][a-z0-9+.-]*://[^\s/?#:]*(:\d+)?(/[^?#]*)?")
LOCAL_KINDS: Final = frozenset({"file", "local"})
_REFUSED: Final = frozenset({"memory", "http", "https", "ftp", "data", "reference"})
"""Kinds of URLs that keep nothing, cannot be written, or show all to the network."""


def is_place_of_originals(text: str) -> bool:
    """Return whether the setting may say so."""
    return text in (IN_FOLDER, IN_RECORD) or _is_url(text)


def _is_url(text: str) -> bool:
    """Return whether originals can be kept at a URL, which holds no login but a user's name."""
    kind, _, rest = text.partition("://")
    is_usable = kind not in _REFUSED and (kind not in LOCAL_KINDS or rest.startswith("/"))
    # A path that leads up again may end in a folder that nobody who reads the setting thinks of.
    is_direct = {".", ".."}.isdisjoint(rest.split("/"))
    return is_usable and is_direct and _URL.fullmatch(text) is not None
