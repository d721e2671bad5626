"""Parses the XML of a returned workbook, without entities and to a limited depth."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError, fromstring

from iml4e_xlsx.findings.failure import FailureCode
from iml4e_xlsx.spreadsheets.limits import Limits
from iml4e_xlsx.spreadsheets.refusal import FileRefusal, RefusalReason

START: Final = "start"
END: Final = "end"


def parse_events(content: bytes, limits: Limits) -> Iterator[tuple[str, Element, int]]:
    """
    Yield an event, its element and the element's depth, from 1, as a part is parsed.

    Raises:
        FileRefusal: If it is no XML, declares entities, or its elements lie too deep.
    """
    import defusedxml
    from defusedxml.ElementTree import iterparse

    depth = 0
    try:
        for event, element in iterparse(io.BytesIO(content), (START, END), forbid_dtd=True):
            if event == START:
                depth += 1
            if depth > limits.nesting:
                raise FileRefusal(
                    FailureCode.BROKEN_WORKBOOK, RefusalReason.NESTING, limit=limits.nesting
                )
            yield event, element, depth
            if event == END:
                depth -= 1
    except ParseError as error:
        raise FileRefusal(
            FailureCode.BROKEN_WORKBOOK, RefusalReason.MARKUP, detail=str(error)
        ) from error
    except defusedxml.DefusedXmlException as error:
        raise FileRefusal(FailureCode.BROKEN_WORKBOOK, RefusalReason.ENTITIES) from error


def parse_part(content: bytes, limits: Limits) -> Element:
    """
    Return the root of a small part.

    Raises:
        FileRefusal: If it is no XML, declares entities, or its elements lie too deep.
    """
    if content.count(b"</") < limits.nesting:  # then nothing in it can lie deeper
        try:
            return fromstring(content)  # noqa: S314 - the guard refuses entities
        except ParseError as error:
            raise FileRefusal(
                FailureCode.BROKEN_WORKBOOK, RefusalReason.MARKUP, detail=str(error)
            ) from error
    root: Element | None = None
    for _, element, depth in parse_events(content, limits):
        if depth == 1:
            root = element
    assert root is not None
    return root


def local_name(name: str) -> str:
    """Return a name without its name space."""
    return name.rpartition("}")[2]
