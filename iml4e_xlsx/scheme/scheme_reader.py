"""Reads a scheme's files into a `Scheme` in one language, and checks every field."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

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
from iml4e_xlsx.scheme.translation import FieldTexts, Translation, collect_wordings
from iml4e_xlsx.scheme.yaml_nodes import FindingCollector, YamlFields, compose_file
from iml4e_xlsx.text.message import Message, message
from iml4e_xlsx.text.spelling import path_text, quote_value

_ID = r"[a-z0-9]+(-[a-z0-9]+)*"
_VERSION = r"\d+\.\d+\.\d+"
_LANGUAGE = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"
_CODE = r"[A-Z][A-Z0-9]{0,5}"

_ID_FORM = message("scheme_form.id")
_NEW_STATEMENT = message("scheme_part.new-statement")


class _SchemeParts(NamedTuple):
    """The parts of a scheme that the rest of it refers to."""

    levels: tuple[Level, ...]
    ratings: tuple[Rating, ...]
    thresholds: Thresholds
    sources: tuple[Publication, ...]
    areas: tuple[Area, ...]


class SchemeReader:
    """Reads one scheme folder; findings go to the collector."""

    def __init__(self, folder: Path, language: str | None, collector: FindingCollector) -> None:
        self.folder = folder
        self.path = folder / "scheme.yaml"
        self.language = language
        self.collector = collector
        self.texts = FieldTexts(None, collector)
        self.rules = StatementRules(range(0), (), collector)
        self.original_words: dict[RatingValue, str] = {}

    def read_scheme(self, digest: str) -> Scheme | None:
        """Return the scheme, or None if its files make no sense."""
        root = compose_file(self.path, self.collector)
        if root is None:
            return None
        fields = YamlFields(root, self.path, "", self.collector)
        form = message("scheme_form.language-code")
        original = fields.read_matching("language", _LANGUAGE, form)
        translations = [
            Translation(path, self.collector)
            for path in sorted(self.folder.glob("translations/*.yaml"))
        ]
        languages = (original, *(translation.language for translation in translations))
        language = self.language or original
        if language not in languages:
            finding = self.collector.catalogue.scheme_unknown_key(
                # what was asked for is wrong, not a line of the file
                Place(source=path_text(self.folder.resolve().name)),
                message("scheme_part.language"),
                language,
                ", ".join(languages),
            )
            self.collector.add_finding(finding)
            return None
        translation = next((each for each in translations if each.language == language), None)
        self.texts = FieldTexts(translation, self.collector)
        scheme = self._make_scheme(fields, language, languages, translations, digest)
        if scheme is not None:
            check_scheme(scheme, fields, self.collector)
            fields.report_unread()
            self.texts.report_unread()
        return scheme

    def _make_scheme(
        self,
        fields: YamlFields,
        language: str,
        languages: tuple[str, ...],
        translations: list[Translation],
        digest: str,
    ) -> Scheme | None:
        parts = self._read_parts(fields)
        if parts is None:
            return None
        return Scheme(
            id=fields.read_matching("id", _ID, _ID_FORM),
            version=fields.read_matching("version", _VERSION, message("scheme_form.version")),
            language=language,
            languages=languages,
            title=self.texts.read_text(fields, "title", "title", TextLimits.NAME),
            subtitle=self.texts.read_text(fields, "subtitle", "subtitle", TextLimits.TEXT),
            notice=self.texts.read_text(fields, "notice", "notice", TextLimits.LONG),
            levels=parts.levels,
            ratings=parts.ratings,
            thresholds=parts.thresholds,
            areas=parts.areas,
            sources=parts.sources,
            profiles=self._read_profiles(fields, parts.areas),
            wordings=collect_wordings(
                self.original_words, translations, fields.field_place("ratings"), self.collector
            ),
            interface=self.texts.read_interface(fields),
            digest=digest,
        )

    def _read_parts(self, fields: YamlFields) -> _SchemeParts | None:
        """Return the parts of a scheme; None if it lacks one of those that it must have."""
        levels = tuple(self._read_level(node) for node in fields.list_items("levels"))
        ratings = tuple(self._read_rating(node) for node in fields.list_items("ratings"))
        thresholds = self._read_thresholds(fields.read_mapping("thresholds"))
        sources = self._read_sources(fields.read_mapping("sources", required=False))
        self.rules = StatementRules(
            range(1, len(levels)), (source.key for source in sources), self.collector
        )
        areas = tuple(self._read_area(node) for node in fields.list_items("areas"))
        if levels and ratings and areas and thresholds is not None:
            return _SchemeParts(levels, ratings, thresholds, sources, areas)
        finding = self.collector.catalogue.scheme_out_of_range(
            fields.place_at(),
            message("scheme_part.all-parts"),
            message("scheme_form.incomplete"),
            message("scheme_form.all-parts"),
        )
        self.collector.add_finding(finding)
        return None

    def _read_level(self, node: yaml.Node) -> Level:
        fields = YamlFields(node, self.path, message("scheme_part.level"), self.collector)
        number = fields.read_number("number")
        key = f"levels.{number}"
        level = Level(
            number=-1 if number is None else number,
            name=self.texts.read_text(fields, "name", f"{key}.name", TextLimits.NAME),
            summary=self.texts.read_text(fields, "summary", f"{key}.summary", TextLimits.TEXT),
            description=self.texts.read_text(
                fields, "description", f"{key}.description", TextLimits.LONG
            ),
        )
        fields.report_unread()
        return level

    def _read_rating(self, node: yaml.Node) -> Rating:
        fields = YamlFields(node, self.path, message("scheme_part.rating"), self.collector)
        value: RatingValue = NOT_APPLICABLE
        if fields.read_text("value") != NOT_APPLICABLE:
            number = fields.read_number("value")
            value = -1 if number is None else number
        key = f"ratings.{value}"
        self.original_words[value] = fields.raw_text("word").strip()
        rating = Rating(
            value=value,
            word=self.texts.read_text(fields, "word", f"{key}.word", TextLimits.WORD),
            meaning=self.texts.read_text(fields, "meaning", f"{key}.meaning", TextLimits.TEXT),
        )
        fields.report_unread()
        return rating

    def _read_thresholds(self, fields: YamlFields) -> Thresholds | None:
        reached, passed = fields.read_share("reached_above"), fields.read_share("passed_above")
        fields.report_unread()
        if reached is None or passed is None:
            return None
        return Thresholds(reached_above=reached, passed_above=passed)

    def _read_sources(self, fields: YamlFields) -> tuple[Publication, ...]:
        sources = []
        for key in fields.field_names():
            source = fields.read_mapping(key)
            sources.append(
                Publication(
                    key=key,
                    title=source.read_text("title", limit=TextLimits.TEXT),
                    publisher=source.read_text("publisher", limit=TextLimits.TEXT),
                    url=source.read_text("url", required=False, limit=TextLimits.TEXT),
                )
            )
            source.report_unread()
        return tuple(sources)

    def _read_profiles(
        self, fields: YamlFields, areas: tuple[Area, ...]
    ) -> tuple[ReferenceProfile, ...]:
        """Read the reference profiles; a scheme need not have any."""
        if fields.field_node("profiles", required=False) is None:
            return ()
        return tuple(self._read_profile(node, areas) for node in fields.list_items("profiles"))

    def _read_profile(self, node: yaml.Node, areas: tuple[Area, ...]) -> ReferenceProfile:
        fields = YamlFields(node, self.path, message("scheme_part.profile"), self.collector)
        identity = fields.read_matching("id", _ID, _ID_FORM)
        key = f"profiles.{identity}"
        looks = fields.read_mapping("areas")
        profile = ReferenceProfile(
            id=identity,
            name=self.texts.read_text(fields, "name", f"{key}.name", TextLimits.NAME),
            source=fields.read_text("source"),
            areas={area.code: self._read_looks(looks, area.code, key) for area in areas},
        )
        looks.report_unread()
        fields.report_unread()
        return profile

    def _read_looks(self, fields: YamlFields, code: str, key: str) -> ProfileArea:
        area = fields.read_mapping(code)
        index = area.read_decimal("index")
        looks = ProfileArea(
            index=Fraction(0) if index is None else index,
            looks=self.texts.read_text(area, "looks", f"{key}.areas.{code}", TextLimits.TEXT),
        )
        area.report_unread()
        return looks

    def _read_area(self, node: yaml.Node) -> Area:
        """Read an area that is written in place, or in a file that is named in its place."""
        path, root = self.path, node
        if isinstance(node, yaml.ScalarNode):
            path = self.folder / node.value
            included = self._compose_area(path, node)
            if included is None:
                return Area(
                    code="", name="", short="", attested=False, purpose="", topics={}, statements=()
                )
            root = included
        fields = YamlFields(root, path, message("scheme_part.area"), self.collector)
        code = fields.read_matching("code", _CODE, message("scheme_form.area-code"))
        key = f"areas.{code}"
        topics = self._read_topics(fields.read_mapping("topics"), key)
        area = Area(
            code=code,
            name=self.texts.read_text(fields, "name", f"{key}.name", TextLimits.NAME),
            short=self.texts.read_text(fields, "short", f"{key}.short", TextLimits.SHORT),
            attested=fields.read_flag("attested"),
            purpose=self.texts.read_text(fields, "purpose", f"{key}.purpose", TextLimits.TEXT),
            topics=topics,
            statements=tuple(
                self._read_statement(item, path, code, topics)
                for item in fields.list_items("statements")
            ),
        )
        fields.report_unread()
        return area

    def _compose_area(self, path: Path, node: yaml.ScalarNode) -> yaml.Node | None:
        if path.resolve().is_relative_to(self.folder.resolve()):
            return compose_file(path, self.collector)
        # A scheme may come from anybody: it reads nothing outside its own folder.
        place = Place(source=path_text(self.path), line=node.start_mark.line + 1)
        finding = self.collector.catalogue.scheme_missing_file(place, quote_value(node.value))
        self.collector.add_finding(finding)
        return None

    def _read_topics(self, fields: YamlFields, key: str) -> Mapping[str, str]:
        return {
            name: self.texts.read_text(fields, name, f"{key}.topics.{name}", TextLimits.NAME)
            for name in fields.field_names()
        }

    def _read_statement(
        self, node: yaml.Node, path: Path, code: str, topics: Mapping[str, str]
    ) -> Statement:
        fields = YamlFields(node, path, _NEW_STATEMENT, self.collector)
        form = Message("scheme_form.statement-id", {"code": code})
        identity = fields.read_matching("id", rf"{code}-\d{{2,4}}", form)
        fields.part = Message("scheme_part.statement", {"id": identity})
        key = f"statements.{identity}"
        level = fields.read_number("level")
        statement = Statement(
            id=identity,
            area=code,
            level=1 if level is None else level,
            topic=fields.read_text("topic"),
            text=self.texts.read_text(fields, "text", f"{key}.text", TextLimits.STATEMENT),
            guidance=self.texts.read_text(
                fields, "guidance", f"{key}.guidance", TextLimits.STATEMENT
            ),
            evidence=self.texts.read_texts(fields, "evidence", f"{key}.evidence", TextLimits.NAME),
            improvement=self.texts.read_text(
                fields, "improvement", f"{key}.improvement", TextLimits.STATEMENT
            ),
            anchor=fields.read_text("anchor"),
            references=self._read_citations(fields.read_mapping("references", required=False)),
        )
        self.rules.check_statement(statement, topics, fields)
        fields.report_unread()
        return statement

    def _read_citations(self, fields: YamlFields) -> tuple[Citation, ...]:
        return tuple(
            Citation(source=key, locus=fields.read_text(key, limit=TextLimits.TEXT))
            for key in fields.field_names()
        )
