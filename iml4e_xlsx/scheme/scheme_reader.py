"""Turns the nodes of a scheme's files into a `Scheme` in one language, checking every field."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import yaml

from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import (
    NOT_APPLICABLE,
    Area,
    Citation,
    Level,
    ProfileArea,
    Publication,
    Rating,
    RatingValue,
    ReferenceProfile,
    Scheme,
    Statement,
    Thresholds,
)
from iml4e_xlsx.scheme.rules import StatementRules, TextLimits, check_scheme
from iml4e_xlsx.scheme.translation import FieldTexts, Translation, wordings
from iml4e_xlsx.scheme.yaml_nodes import Complaints, Fields, compose
from iml4e_xlsx.text.spelling import path_text, quote_value

_ID = r"[a-z0-9]+(-[a-z0-9]+)*"
_VERSION = r"\d+\.\d+\.\d+"
_LANGUAGE = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"
_CODE = r"[A-Z][A-Z0-9]{0,5}"


class SchemeReader:
    """Reads one scheme folder; what is wrong goes to the complaints."""

    def __init__(self, folder: Path, language: str | None, complaints: Complaints) -> None:
        self.folder = folder
        self.path = folder / "scheme.yaml"
        self.asked = language
        self.complaints = complaints
        self.words = FieldTexts(None, complaints)
        self.rules = StatementRules(range(0), (), complaints)
        self.written_words: dict[RatingValue, str] = {}

    def read(self, digest: str) -> Scheme | None:
        """Return the scheme, or None where no sense can be made of it."""
        root = compose(self.path, self.complaints)
        if root is None:
            return None
        fields = Fields(root, self.path, "", self.complaints)
        written_in = fields.matching("language", _LANGUAGE, "a language code such as en")
        translations = [
            Translation(path, self.complaints)
            for path in sorted(self.folder.glob("translations/*.yaml"))
        ]
        languages = (written_in, *(t.language for t in translations))
        language = self.asked or written_in
        if language not in languages:
            make = self.complaints.make
            known = ", ".join(languages)
            at = fields.place_of("language")
            self.complaints.add(make.scheme_unknown_key(at, "language", language, known))
            return None
        translation = next((t for t in translations if t.language == language), None)
        self.words = FieldTexts(translation, self.complaints)
        scheme = self._scheme(fields, language, languages, translations, digest)
        if scheme is not None:
            check_scheme(scheme, fields, self.complaints)
            fields.done()
            self.words.done()
        return scheme

    def _scheme(
        self,
        fields: Fields,
        language: str,
        languages: tuple[str, ...],
        translations: list[Translation],
        digest: str,
    ) -> Scheme | None:
        parts = self._parts(fields)
        if parts is None:
            return None
        levels, ratings, thresholds, sources, areas = parts
        return Scheme(
            id=fields.matching("id", _ID, "lower case words joined by hyphens"),
            version=fields.matching("version", _VERSION, "three numbers such as 1.0.0"),
            language=language,
            languages=languages,
            title=self.words.text(fields, "title", "title", TextLimits.NAME),
            subtitle=self.words.text(fields, "subtitle", "subtitle", TextLimits.TEXT),
            notice=self.words.text(fields, "notice", "notice", TextLimits.LONG),
            levels=levels,
            ratings=ratings,
            thresholds=thresholds,
            areas=areas,
            sources=sources,
            profiles=self._profiles(fields, areas),
            wordings=wordings(self.written_words, translations),
            interface=self.words.interface(fields),
            digest=digest,
        )

    def _parts(
        self, fields: Fields
    ) -> (
        tuple[
            tuple[Level, ...],
            tuple[Rating, ...],
            Thresholds,
            tuple[Publication, ...],
            tuple[Area, ...],
        ]
        | None
    ):
        """Return levels, ratings, thresholds, sources and areas; None if one of them is lacking."""
        levels = tuple(self._level(node) for node in fields.items("levels"))
        ratings = tuple(self._rating(node) for node in fields.items("ratings"))
        thresholds = self._thresholds(fields.mapping("thresholds"))
        sources = self._sources(fields.mapping("sources", required=False))
        self.rules = StatementRules(
            range(1, len(levels)), (source.key for source in sources), self.complaints
        )
        areas = tuple(self._area(node) for node in fields.items("areas"))
        if levels and ratings and areas and thresholds is not None:
            return levels, ratings, thresholds, sources, areas
        make = self.complaints.make
        what = "levels, ratings, thresholds and areas"
        self.complaints.add(
            make.scheme_out_of_range(fields.at(), what, "not all of them", "at least one of each")
        )
        return None

    def _level(self, node: yaml.Node) -> Level:
        fields = Fields(node, self.path, "level", self.complaints)
        number = fields.number("number")
        key = f"levels.{number}"
        level = Level(
            number=-1 if number is None else number,
            name=self.words.text(fields, "name", f"{key}.name", TextLimits.NAME),
            summary=self.words.text(fields, "summary", f"{key}.summary", TextLimits.TEXT),
            description=self.words.text(
                fields, "description", f"{key}.description", TextLimits.LONG
            ),
        )
        fields.done()
        return level

    def _rating(self, node: yaml.Node) -> Rating:
        fields = Fields(node, self.path, "rating", self.complaints)
        value: RatingValue = NOT_APPLICABLE
        if fields.text("value") != NOT_APPLICABLE:
            number = fields.number("value")
            value = -1 if number is None else number
        key = f"ratings.{value}"
        self.written_words[value] = fields.raw("word").strip()
        rating = Rating(
            value=value,
            word=self.words.text(fields, "word", f"{key}.word", TextLimits.WORD),
            meaning=self.words.text(fields, "meaning", f"{key}.meaning", TextLimits.TEXT),
        )
        fields.done()
        return rating

    def _thresholds(self, fields: Fields) -> Thresholds | None:
        reached, passed = fields.fraction("reached_above"), fields.fraction("passed_above")
        fields.done()
        if reached is None or passed is None:
            return None
        return Thresholds(reached_above=reached, passed_above=passed)

    def _sources(self, fields: Fields) -> tuple[Publication, ...]:
        sources = []
        for key in fields.names():
            source = fields.mapping(key)
            sources.append(
                Publication(
                    key=key,
                    title=source.text("title", limit=TextLimits.TEXT),
                    publisher=source.text("publisher", limit=TextLimits.TEXT),
                    url=source.text("url", required=False, limit=TextLimits.TEXT),
                )
            )
            source.done()
        return tuple(sources)

    def _profiles(self, fields: Fields, areas: tuple[Area, ...]) -> tuple[ReferenceProfile, ...]:
        """Read the reference profiles; a scheme need not have any."""
        if fields.node("profiles", required=False) is None:
            return ()
        return tuple(self._profile(node, areas) for node in fields.items("profiles"))

    def _profile(self, node: yaml.Node, areas: tuple[Area, ...]) -> ReferenceProfile:
        fields = Fields(node, self.path, "profile", self.complaints)
        identity = fields.matching("id", _ID, "lower case words joined by hyphens")
        key = f"profiles.{identity}"
        looks = fields.mapping("areas")
        profile = ReferenceProfile(
            id=identity,
            name=self.words.text(fields, "name", f"{key}.name", TextLimits.NAME),
            source=fields.text("source"),
            areas={area.code: self._looks(looks, area.code, key) for area in areas},
        )
        looks.done()
        fields.done()
        return profile

    def _looks(self, fields: Fields, code: str, key: str) -> ProfileArea:
        area = fields.mapping(code)
        index = area.decimal("index")
        found = ProfileArea(
            index=Fraction(0) if index is None else index,
            looks=self.words.text(area, "looks", f"{key}.areas.{code}", TextLimits.TEXT),
        )
        area.done()
        return found

    def _area(self, node: yaml.Node) -> Area:
        """Read an area that is written in place, or in a file that is named in its place."""
        path, root = self.path, node
        if isinstance(node, yaml.ScalarNode):
            path = self.folder / node.value
            included = self._included(path, node)
            if included is None:
                return Area(
                    code="", name="", short="", attested=False, purpose="", topics={}, statements=()
                )
            root = included
        fields = Fields(root, path, "area", self.complaints)
        code = fields.matching("code", _CODE, "a capital letter, then up to 5 capitals or digits")
        key = f"areas.{code}"
        topics = self._topics(fields.mapping("topics"), key)
        area = Area(
            code=code,
            name=self.words.text(fields, "name", f"{key}.name", TextLimits.NAME),
            short=self.words.text(fields, "short", f"{key}.short", TextLimits.SHORT),
            attested=fields.flag("attested"),
            purpose=self.words.text(fields, "purpose", f"{key}.purpose", TextLimits.TEXT),
            topics=topics,
            statements=tuple(
                self._statement(item, path, code, topics) for item in fields.items("statements")
            ),
        )
        fields.done()
        return area

    def _included(self, path: Path, node: yaml.ScalarNode) -> yaml.Node | None:
        if path.resolve().is_relative_to(self.folder.resolve()):
            return compose(path, self.complaints)
        make = self.complaints.make
        at = Place(source=path_text(self.path), line=node.start_mark.line + 1)
        self.complaints.add(make.scheme_missing_file(at, quote_value(node.value)))
        return None

    def _topics(self, fields: Fields, key: str) -> Mapping[str, str]:
        return {
            name: self.words.text(fields, name, f"{key}.topics.{name}", TextLimits.NAME)
            for name in fields.names()
        }

    def _statement(
        self, node: yaml.Node, path: Path, code: str, topics: Mapping[str, str]
    ) -> Statement:
        fields = Fields(node, path, "statement", self.complaints)
        wanted = f"the area's code and a number, such as {code}-01"
        identity = fields.matching("id", rf"{code}-\d{{2,4}}", wanted)
        fields.where = f"statement {identity}"
        key = f"statements.{identity}"
        level = fields.number("level")
        statement = Statement(
            id=identity,
            area=code,
            level=1 if level is None else level,
            topic=fields.text("topic"),
            text=self.words.text(fields, "text", f"{key}.text", TextLimits.STATEMENT),
            guidance=self.words.text(fields, "guidance", f"{key}.guidance", TextLimits.STATEMENT),
            evidence=self.words.texts(fields, "evidence", f"{key}.evidence", TextLimits.NAME),
            improvement=self.words.text(
                fields, "improvement", f"{key}.improvement", TextLimits.STATEMENT
            ),
            anchor=fields.text("anchor"),
            references=self._references(fields.mapping("references", required=False)),
        )
        self.rules.check(statement, topics, fields)
        fields.done()
        return statement

    def _references(self, fields: Fields) -> tuple[Citation, ...]:
        return tuple(
            Citation(source=key, locus=fields.text(key, limit=TextLimits.TEXT))
            for key in fields.names()
        )
