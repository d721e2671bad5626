"""Builds a workbook: a scheme, and optionally what is already known, to bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction

from iml4e_xlsx.model import PROFILE_FIELDS, Answer, Profile, Response, Result, Scheme
from iml4e_xlsx.scoring import score_response
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.workbook.canvas import Canvas
from iml4e_xlsx.workbook.cells import Cell
from iml4e_xlsx.workbook.draft import WorkbookDraft
from iml4e_xlsx.workbook.formulas import SummaryFormulas
from iml4e_xlsx.workbook.layout import FORMAT_VERSION, layout_of
from iml4e_xlsx.workbook.sheets import area_sheet as area
from iml4e_xlsx.workbook.sheets import calculation_sheet as calculation
from iml4e_xlsx.workbook.sheets import cover_sheet as cover
from iml4e_xlsx.workbook.sheets import levels_sheet as levels
from iml4e_xlsx.workbook.sheets import meta_sheet as meta
from iml4e_xlsx.workbook.sheets import summary_sheet as summary

ID_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letters that are taken for figures when a reference is read aloud."""

ID_LENGTH = 10


def blank_response(
    scheme: Scheme,
    *,
    profile: Profile | None = None,
    targets: Mapping[str, int] | None = None,
) -> Response:
    """Return a response in which every statement is unanswered."""
    return Response(
        scheme=scheme.id,
        version=scheme.version,
        profile=profile or Profile(),
        answers={id_: Answer(statement=id_) for id_ in scheme.statements},
        targets=dict(targets or {}),
    )


def make_workbook_id(response: Response, created: datetime) -> str:
    """
    Return an id for a workbook: ten characters from what it is made of and when.

    The same input at the same time has the same id, so that a build can be repeated.
    """
    profile = response.profile
    parts = (
        response.scheme,
        response.version,
        *(profile.values[field.name] for field in PROFILE_FIELDS if not field.optional),
        *(f"{area}={level}" for area, level in sorted(response.targets.items())),
        created.isoformat(),
    )
    number = int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:8], "big")
    characters = []
    for _ in range(ID_LENGTH):
        number, digit = divmod(number, len(ID_ALPHABET))
        characters.append(ID_ALPHABET[digit])
    return "".join(characters)


def workbook_reference(scheme: Scheme, identity: str) -> str:
    """Return what names a workbook on its sheets: scheme, version, language and id."""
    return f"{scheme.id}/{scheme.version}/{scheme.language}/{identity}"


def build_workbook(
    scheme: Scheme,
    *,
    created: datetime,
    response: Response | None = None,
    previous: Result | None = None,
    identity: str | None = None,
    remarks: Mapping[Cell, str] | None = None,
) -> bytes:
    """
    Build a workbook for a scheme.

    Args:
        scheme: What is asked, in the language of the workbook.
        created: The time of creation; the same input and time give the same bytes.
        response: What the workbook is filled with; a blank one by default.
        previous: An earlier result, whose index by area the chart and summary then show.
        identity: The workbook's id; made from the response and the time by default.
        remarks: Notes on input cells, which are highlighted: what is doubtful about an answer.

    Raises:
        WorkbookWriteError: If a text exceeds what the format can hold.
    """
    filled = response or blank_response(scheme)
    identity = identity or make_workbook_id(filled, created)
    layout = layout_of(scheme)
    named = workbook_reference(scheme, identity)
    properties = {
        "title": scheme.title,
        "subject": scheme_texts(scheme)(
            "document.subject", title=scheme.title, version=scheme.version
        ),
        "keywords": named,
    }
    draft = WorkbookDraft(
        scheme=scheme,
        layout=layout,
        texts=scheme_texts(scheme),
        result=score_response(filled, scheme),
        formulas=SummaryFormulas(layout, scheme),
        canvas=Canvas(created, properties, remarks),
        reference=named,
        previous=_previous_indices(previous, scheme),
    )
    cover.write(draft)
    for one, result in zip(scheme.areas, draft.result.areas, strict=True):
        area.write(draft, one, result)
    summary.write(draft)
    levels.write(draft)
    calculation.write(draft)
    meta.write(draft, _meta_values(scheme, identity, created))
    return draft.canvas.finish_workbook()


def _previous_indices(previous: Result | None, scheme: Scheme) -> dict[str, Fraction]:
    """Return the earlier index of each area that both schemes have."""
    if previous is None:
        return {}
    codes = {area.code for area in scheme.areas}
    return {
        area.area: area.index
        for area in previous.areas
        if area.area in codes and area.index is not None
    }


def _meta_values(scheme: Scheme, identity: str, created: datetime) -> dict[str, str]:
    return {
        "format": str(FORMAT_VERSION),
        "workbook_id": identity,
        "scheme": scheme.id,
        "version": scheme.version,
        "language": scheme.language,
        "scheme_digest": scheme.digest,
        "created": created.isoformat(),
    }
