"""Builds a workbook as bytes: of a scheme and, if there is one, of a response."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from functools import lru_cache

from iml4e_xlsx.model import (
    PROFILE_FIELDS,
    PROFILE_NAMES,
    Answer,
    Profile,
    Response,
    Result,
    RoundNotice,
    Scheme,
)
from iml4e_xlsx.scoring import measure_way, score
from iml4e_xlsx.text.interface_texts import scheme_texts
from iml4e_xlsx.workbook.canvas import Canvas
from iml4e_xlsx.workbook.cells import Cell
from iml4e_xlsx.workbook.draft import WorkbookDraft
from iml4e_xlsx.workbook.formulas import SummaryFormulas
from iml4e_xlsx.workbook.packed_parts import PackedWorkbook, is_fillable, stand_in
from iml4e_xlsx.workbook.sheets.area_sheet import write_area_sheet
from iml4e_xlsx.workbook.sheets.calculation_sheet import write_calculation_sheet
from iml4e_xlsx.workbook.sheets.cover_sheet import write_cover_sheet
from iml4e_xlsx.workbook.sheets.levels_sheet import write_levels_sheet
from iml4e_xlsx.workbook.sheets.meta_sheet import write_meta_sheet
from iml4e_xlsx.workbook.sheets.summary_sheet import write_summary_sheet
from iml4e_xlsx.workbook.summary_sentences import SummarySentences
from iml4e_xlsx.workbook.workbook_layout import FORMAT_VERSION, layout_of

ID_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32, which has no letters that are mistaken for figures when read aloud."""

ID_LENGTH = 10

WORKBOOK_SUFFIXES = (".xlsx",)
"""The ends of a workbook's name: programs refuse the file under the name of another format."""


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


def make_workbook_id(response: Response, created: datetime, *salt: str) -> str:
    """
    Return the id of a workbook: ten characters that follow from its contents and its time.

    The same contents at the same time have the same id, so that a build can be repeated.
    Optional fields of the profile do not count: older workbooks have none. `salt` tells workbooks
    apart that have all of this in common, such as those of two forms.
    """
    profile = response.profile
    parts = (
        response.scheme,
        response.version,
        *(profile.values[field.name] for field in PROFILE_FIELDS if not field.optional),
        *(f"{area}={level}" for area, level in sorted(response.targets.items())),
        *salt,
        created.isoformat(),
    )
    number = int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:8], "big")
    characters = []
    for _ in range(ID_LENGTH):
        number, digit = divmod(number, len(ID_ALPHABET))
        characters.append(ID_ALPHABET[digit])
    return "".join(characters)


def workbook_reference(scheme: Scheme, identity: str) -> str:
    """Return the reference on the sheets: scheme, version, language and id, and its form if any."""
    form = f"/{scheme.form}" if scheme.form else ""
    return f"{scheme.id}/{scheme.version}/{scheme.language}/{identity}{form}"


def build_workbook(  # noqa: PLR0913 - each is a part of a workbook; callers name what they have
    scheme: Scheme,
    *,
    created: datetime,
    response: Response | None = None,
    previous: Result | None = None,
    identity: str | None = None,
    notes: Mapping[Cell, str] | None = None,
    notice: RoundNotice | None = None,
    shown: Collection[str] | None = None,
) -> bytes:
    """
    Build a workbook for a scheme.

    Workbooks that differ in the profile and the id only are rendered once, so that each further one
    takes a fraction of the time.

    Args:
        scheme: The statements, in the language of the workbook.
        created: The time of creation; the same input and time give the same bytes.
        response: The answers to fill in; none by default.
        previous: A previous result; the chart and the summary show its index by area.
        identity: The workbook's id; made from the response and the time by default.
        notes: Notes on input cells with a doubtful answer; these cells are highlighted.
        notice: What the first sheet says about the round, such as the deadline.
        shown: The statements that are asked for; the others keep their answers in hidden rows,
            so that the workbook computes and returns the whole. By default all are shown.

    Raises:
        WorkbookWriteError: If a text is longer than the format allows.
    """
    filled = response or blank_response(scheme)
    salt = [scheme.form] if scheme.form else []
    salt += ["next", *sorted(shown)] if shown is not None else []
    identity = identity or make_workbook_id(filled, created, *salt)
    texts = {"identity": identity, **_texts_of_person(filled.profile)}
    if not is_fillable(identity):
        texts.pop("identity")
    blueprint = Blueprint(
        scheme=scheme,
        created=created,
        identity=stand_in("identity") if "identity" in texts else identity,
        response=_leave_out(filled, texts),
        previous=_previous_indices(previous, scheme),
        previous_ways=_previous_ways(previous, scheme),
        notes=dict(notes or {}),
        notice=notice or RoundNotice(),
        shown=None if shown is None else frozenset(shown),
    )
    return pack_blueprint(blueprint).fill(texts)


def _texts_of_person(profile: Profile) -> dict[str, str]:
    """Return the entries of a profile that can take the place of stand-ins."""
    return {
        field.name: profile.values[field.name]
        for field in PROFILE_FIELDS
        if not field.is_date and is_fillable(profile.values[field.name])
    }


def _leave_out(response: Response, texts: Mapping[str, str]) -> Response:
    """Return a response with stand-ins for these texts of its profile."""
    stand_ins = {name: stand_in(name) for name in texts if name in PROFILE_NAMES}
    return replace(response, profile=replace(response.profile, **stand_ins))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blueprint:
    """
    All that a workbook is made of, but for the texts that differ between people.

    Blueprints are equal if their workbooks are; one of them is rendered once.
    """

    scheme: Scheme
    created: datetime
    identity: str
    response: Response
    previous: Mapping[str, Fraction]
    previous_ways: Mapping[tuple[str, int], Fraction]
    notes: Mapping[Cell, str]
    notice: RoundNotice
    shown: frozenset[str] | None
    facts: tuple[Hashable, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Gather what blueprints are compared by."""
        response = self.response
        facts = (
            self.scheme,
            self.created.isoformat(),
            self.identity,
            response.profile,
            tuple(response.answers.values()),
            tuple(response.targets.items()),
            tuple(response.estimates.items()),
            tuple(self.previous.items()),
            tuple(self.previous_ways.items()),
            tuple(self.notes.items()),
            self.notice,
            self.shown,
        )
        object.__setattr__(self, "facts", facts)

    def __eq__(self, other: object) -> bool:
        """Return whether both have the same facts."""
        return isinstance(other, Blueprint) and self.facts == other.facts

    def __hash__(self) -> int:
        """Return the hash of the facts."""
        return hash(self.facts)


@lru_cache(maxsize=16)
def pack_blueprint(blueprint: Blueprint) -> PackedWorkbook:
    """Render a workbook with stand-ins; of the same blueprint only once."""
    return PackedWorkbook(render_blueprint(blueprint))


def render_blueprint(blueprint: Blueprint) -> bytes:
    """Return the workbook as the library makes it, with the stand-ins in it."""
    scheme = blueprint.scheme
    layout = layout_of(scheme, blueprint.shown)
    reference = workbook_reference(scheme, blueprint.identity)
    properties = {
        "title": scheme.title,
        "subject": scheme_texts(scheme)(
            "document.subject", title=scheme.title, version=scheme.version
        ),
        "keywords": reference,
    }
    draft = WorkbookDraft(
        scheme=scheme,
        layout=layout,
        texts=scheme_texts(scheme),
        result=score(blueprint.response, scheme),
        formulas=SummaryFormulas(layout, scheme),
        sentences=SummarySentences(layout, scheme),
        canvas=Canvas(blueprint.created, properties, blueprint.notes),
        reference=reference,
        previous=blueprint.previous,
        previous_ways=blueprint.previous_ways,
        notice=blueprint.notice,
        shown=blueprint.shown,
    )
    write_cover_sheet(draft)
    for area, result in zip(scheme.areas, draft.result.areas, strict=True):
        write_area_sheet(draft, area, result)
    write_summary_sheet(draft)
    write_levels_sheet(draft)
    write_calculation_sheet(draft)
    write_meta_sheet(draft, _meta_values(scheme, blueprint.identity, blueprint.created))
    return draft.canvas.finish_workbook()


def _previous_indices(previous: Result | None, scheme: Scheme) -> dict[str, Fraction]:
    """Return the previous index of each area that both schemes have."""
    if previous is None:
        return {}
    codes = {area.code for area in scheme.areas}
    return {
        area.area: area.index
        for area in previous.areas
        if area.area in codes and area.index is not None
    }


def _previous_ways(previous: Result | None, scheme: Scheme) -> dict[tuple[str, int], Fraction]:
    """Return how far a previous result had come towards each level of each area."""
    ways = {
        (area.area, level): measure_way(area.levels, level, scheme.thresholds)
        for area in (previous.areas if previous else ())
        if area.area in _previous_indices(previous, scheme)
        for level in scheme.scored_levels
    }
    return {place: way.share for place, way in ways.items() if way is not None}


def _meta_values(scheme: Scheme, identity: str, created: datetime) -> dict[str, str]:
    return {
        "format": str(FORMAT_VERSION),
        "workbook_id": identity,
        "scheme": scheme.id,
        "version": scheme.version,
        "language": scheme.language,
        "scheme_digest": scheme.digest,
        "created": created.isoformat(),
        **({"form": scheme.form} if scheme.form else {}),
    }
