"""
Makes workbooks to measure with, as they come back: of the official scheme, filled in many ways.

No single workbook stands for all of them: what was answered, with how much evidence, and which
program saved the file decide what reading it costs. The same seeds give the same answers each time.
"""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

import openpyxl

from iml4e_xlsx.model import NOT_APPLICABLE, Answer, Profile, RatingValue, Response, Scheme
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.workbook.builder import blank_response, build_workbook
from iml4e_xlsx.workbook.workbook_layout import layout_of
from tests.support.office import Office

CREATED = datetime(2026, 11, 23, tzinfo=UTC)

PROGRAMS: Final = ("XlsxWriter", "LibreOffice", "openpyxl")
"""What saved a file: our builder, or a program that opened what the builder wrote."""

_EXCLUDED: Final = 0.2
"""The part of statements that do not apply, where some do not."""

Choice: TypeAlias = Callable[[random.Random, Scheme, int], RatingValue]
"""Chooses the rating of a statement by its level."""


def _choose_falling(chance: random.Random, scheme: Scheme, level: int) -> RatingValue:
    """The higher the level, the lower the rating: what most respondents answer."""
    best = len(scheme.scale) - 1
    expected = best * (1 - level / (scheme.top + 1)) + chance.gauss(0, 0.7)
    return scheme.scale[min(best, max(0, round(expected)))]


def _choose_any(chance: random.Random, scheme: Scheme, _level: int) -> RatingValue:
    return chance.choice(scheme.scale)


def _choose_low(chance: random.Random, scheme: Scheme, _level: int) -> RatingValue:
    return chance.choice(scheme.scale[:2])


def _choose_high(chance: random.Random, scheme: Scheme, _level: int) -> RatingValue:
    return chance.choice(scheme.scale[-2:])


def _choose_or_exclude(chance: random.Random, scheme: Scheme, level: int) -> RatingValue:
    return NOT_APPLICABLE if chance.random() < _EXCLUDED else _choose_falling(chance, scheme, level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How a respondent answers; `sentences` is how many stand as evidence, at least and at most."""

    choose: Choice = _choose_falling
    sentences: tuple[int, int] = (0, 2)
    digits: bool = False
    """Whether ratings are typed as bare figures and not chosen from the list."""


SHAPES: Final[Mapping[str, Shape]] = MappingProxyType(
    {
        "falls with level": Shape(),
        "uniform": Shape(choose=_choose_any),
        "low": Shape(choose=_choose_low),
        "high": Shape(choose=_choose_high),
        "n/a with reasons": Shape(choose=_choose_or_exclude, sentences=(1, 2)),
        "long evidence": Shape(sentences=(6, 14)),
        "typed digits": Shape(digits=True),
    }
)
PLAIN: Final = "in turn"
"""The shape of `fill_response`: the sample that earlier measurements had alone."""

SHAPES_BY_FILL: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "blank": ("nothing entered", "profile alone"),
        "half": tuple(SHAPES),
        "complete": (*SHAPES, PLAIN),
    }
)

_SENTENCES: Final = (
    "See the team's documentation.",
    "The pipeline runs each night & reports to the channel of the team.",
    "Agreed in the review of the third quarter; the minutes are in the wiki.",
    "Two of five models are covered, the others follow until summer.",
    "Prüfprotokolle liegen im Ordner „Abnahme“.",
    "Not for the models that we buy, where the supplier answers for it.",
    "https://wiki.example.org/mlops/records?id=12&view=all",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleKind:
    """One file of the set: which program saved it, how far it is filled, and how."""

    program: str
    fill: str
    shape: str

    @property
    def group(self) -> str:
        """Return the name of its group: program and kind of fill."""
        return f"{self.program}, {self.fill}"

    @property
    def is_plain(self) -> bool:
        """Return whether it is the sample that earlier measurements had alone."""
        return self.shape == PLAIN and self.program == PROGRAMS[0]

    @property
    def file_name(self) -> str:
        """Return a name that no other of the set has."""
        words = re.findall(r"\w+", f"{self.program} {self.fill} {self.shape}".lower())
        return f"{'-'.join(words)}.xlsx"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookSample:
    """A file of the set, and what was answered in it."""

    kind: SampleKind
    path: Path
    response: Response


def list_kinds() -> list[SampleKind]:
    """Return what files the set has, group by group."""
    return [
        SampleKind(program=program, fill=fill, shape=shape)
        for program in PROGRAMS
        for fill, shapes in SHAPES_BY_FILL.items()
        for shape in shapes
    ]


def write_samples(folder: Path, office: Office) -> Iterator[WorkbookSample]:
    """Write the set to a folder, and yield each file of it."""
    scheme = load_scheme()
    for kind in list_kinds():
        response = answer_kind(scheme, kind)
        path = folder / kind.file_name
        path.write_bytes(_build_sample(scheme, kind, response))
        # Both open the file that our builder wrote, as the program of a respondent does.
        if kind.program == "LibreOffice":
            office.edit(path, targets={"xlsx": path})
        elif kind.program == "openpyxl":
            openpyxl.load_workbook(path).save(path)
        yield WorkbookSample(kind=kind, path=path, response=response)


def fill_response(scheme: Scheme) -> Response:
    """Return a complete response with evidence for every second statement."""
    answers = {
        id_: Answer(
            statement=id_,
            rating=scheme.scale[number % len(scheme.scale)],
            evidence="see the team's documentation" if number % 2 else "",
        )
        for number, id_ in enumerate(scheme.statements)
    }
    return _make_response(scheme, "Ada", answers)


def answer_kind(scheme: Scheme, kind: SampleKind) -> Response:
    """Return the response of a person who answers in this way."""
    if kind.shape == PLAIN:
        return fill_response(scheme)
    if kind.shape == "nothing entered":
        return blank_response(scheme)
    respondent = f"{kind.program} {kind.fill} {kind.shape}"
    if kind.fill == "blank":
        return _make_response(scheme, respondent, blank_response(scheme).answers)
    chance, shape, ids = random.Random(respondent), SHAPES[kind.shape], list(scheme.statements)  # noqa: S311 - no secret
    rated = set(ids if kind.fill == "complete" else chance.sample(ids, len(ids) // 2))
    answers = {
        id_: _answer_statement(chance, scheme, shape, id_) if id_ in rated else Answer(id_)
        for id_ in ids
    }
    return _make_response(scheme, respondent, answers)


def _answer_statement(chance: random.Random, scheme: Scheme, shape: Shape, id_: str) -> Answer:
    rating = shape.choose(chance, scheme, scheme.statements[id_].level)
    evidence = " ".join(chance.choices(_SENTENCES, k=chance.randint(*shape.sentences)))
    return Answer(statement=id_, rating=rating, evidence=evidence)


def _make_response(scheme: Scheme, respondent: str, answers: Mapping[str, Answer]) -> Response:
    return Response(
        scheme=scheme.id,
        version=scheme.version,
        profile=Profile(
            organisation="Example",
            team="Team",
            respondent=respondent,
            role="Lead",
            date="2026-11-23",
        ),
        answers=answers,
        targets={area.code: scheme.top for area in scheme.areas},
    )


def _build_sample(scheme: Scheme, kind: SampleKind, response: Response) -> bytes:
    shape = SHAPES.get(kind.shape)
    data = build_workbook(scheme, created=CREATED, response=response)
    return _type_digits(scheme, response, data) if shape is not None and shape.digits else data


def _type_digits(scheme: Scheme, response: Response, data: bytes) -> bytes:
    """Return a workbook with bare figures in place of the words in score cells."""
    layout, buffer = layout_of(scheme), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w") as new:
        parts = {info: old.read(info) for info in old.infolist()}
        places = {info.filename: info for info in parts}
        names = re.findall(r'<sheet name="([^"]*)"', parts[places["xl/workbook.xml"]].decode())
        sheets = {
            unescape(name): places[f"xl/worksheets/sheet{number}.xml"]
            for number, name in enumerate(names, 1)
        }
        for id_, answer in response.answers.items():
            if answer.rating is not None:
                cell = layout.area_sheet_of(id_).rating_cell(id_)
                part = sheets[cell.sheet]
                words = rf'(<c r="{cell.a1}" s="\d+") t="s"><v>\d+</v></c>'
                figure = rf"\1><v>{answer.rating}</v></c>"
                text, count = re.subn(words, figure, parts[part].decode())
                assert count == 1, cell
                parts[part] = text.encode()
        for info, content in parts.items():
            new.writestr(info, content)
    return buffer.getvalue()
