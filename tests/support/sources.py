"""Small schemes whose statements cite sources, one of them with a file of loci."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.support.builders import regular_table, scheme_fields, write_scheme

LOCI: Mapping[str, Mapping[str, str]] = {
    "A.1": {"title": "First thing."},
    "A.2": {"title": "Second thing."},
    "A.3": {"title": "Third thing.", "since": "2025"},
}


def write_sourced(
    folder: Path,
    cited: Mapping[str, Mapping[str, Any]],
    loci: Mapping[str, Mapping[str, str]] = LOCI,
) -> Path:
    """
    Write a scheme of one area, with the sources `table`, which has loci, and `book`.

    Args:
        folder: Where to.
        cited: The references by statement; the statements are AA-01 to AA-08, two at each level.
        loci: What the source `table` asks for.
    """
    fields = scheme_fields(regular_table(["AA"], 4, 2))
    fields["sources"] = {
        "table": {"title": "A table", "publisher": "Somebody", "loci": "sources/table.yaml"},
        "book": {"title": "A book", "publisher": "Somebody else"},
    }
    for statement in fields["areas"][0]["statements"]:
        statement["references"] = dict(cited.get(statement["id"], {}))
    write_scheme(folder, fields)
    (folder / "sources").mkdir(exist_ok=True)
    text = yaml.safe_dump({key: dict(locus) for key, locus in loci.items()}, sort_keys=False)
    (folder / "sources" / "table.yaml").write_text(text)
    return folder
