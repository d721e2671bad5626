"""Reads a scheme's files into a `Scheme` in one language, and checks every field."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import yaml

from iml4e_xlsx.findings.finding import Place
from iml4e_xlsx.model import (
    DONT_KNOW,
    NOT_APPLICABLE,
    Area,
    Level,
    Measures,
    ProfileArea,
    Publication,
    Rating,
    RatingValue,
    ReferenceProfile,
    Scheme,
    Thresholds,
)
from iml4e_xlsx.scheme.form_reader import read_forms, read_roles
from iml4e_xlsx.scheme.rules import StatementRules, TextLimits, check_scheme
from iml4e_xlsx.scheme.source_reader import SourceReader
from iml4e_xlsx.scheme.statement_reader import NEW_STATEMENT, StatementReader
from iml4e_xlsx.scheme.translation import FieldTexts, Translation, collect_wordings
from iml4e_xlsx.scheme.yaml_nodes import (
    FindingCollector,
    YamlFields,
    compose_file,
    compose_part,
)
from iml4e_xlsx.text.message import message
from iml4e_xlsx.text.spelling import path_text

_ID = r"[a-z0-9]+(-[a-z0-9]+)*"
_VERSION = r"\d+\.\d+\.\d+"
_LANGUAGE = r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*"
_CODE = r"[A-Z][A-Z0-9]{0,5}"

_ID_FORM = message("scheme_form.id")


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
        self.statements = StatementReader(
            self.texts, StatementRules(range(0), (), collector), scale=()
        )
        self.area_fields: dict[str, YamlFields] = {}
        self.original_words: dict[RatingValue, str] = {}

    @property
    def root_place(self) -> Place:
        """Return the place of the scheme as a whole."""
        return Place(source=path_text(self.path), line=1)

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
            instruction=self.texts.read_text(
                fields, "instruction", "instruction", TextLimits.TEXT, required=False
            ),
            measures=self._read_measures(fields),
            roles=read_roles(
                fields.read_mapping("roles", required=False), parts.areas, self.collector
            ),
            forms=read_forms(
                fields.read_mapping("forms", required=False), parts.areas, self.collector
            ),
        )

    def _read_measures(self, fields: YamlFields) -> Measures | None:
        """Read what the texts are held to; a scheme need not say it."""
        if fields.field_node("measures", required=False) is None:
            return None
        bounds = fields.read_mapping("measures")
        measures = Measures(
            words=bounds.read_bounds("words"),
            statements_per_level=bounds.read_bounds("statements_per_level"),
        )
        bounds.report_unread()
        return measures

    def _read_parts(self, fields: YamlFields) -> _SchemeParts | None:
        """Return the parts of a scheme; None if it lacks one of those that it must have."""
        levels = tuple(self._read_level(node) for node in fields.list_items("levels"))
        ratings = tuple(self._read_rating(node) for node in fields.list_items("ratings"))
        thresholds = self._read_thresholds(fields.read_mapping("thresholds"))
        publications = fields.read_mapping("sources", required=False)
        sources = SourceReader(self.folder, self.texts).read_sources(publications)
        scale = tuple(rating.value for rating in ratings if isinstance(rating.value, int))
        rules = StatementRules(range(1, len(levels)), sources, self.collector)
        self.statements = StatementReader(self.texts, rules, scale)
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
        written = fields.read_text("value")
        value: RatingValue = DONT_KNOW if written == DONT_KNOW else NOT_APPLICABLE
        if value != written:
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
            path, included = compose_part(self.folder, node, self.path, self.collector)
            if included is None:
                return Area(
                    code="", name="", short="", attested=False, purpose="", topics={}, statements=()
                )
            root = included
        fields = YamlFields(root, path, message("scheme_part.area"), self.collector)
        code = fields.read_matching("code", _CODE, message("scheme_form.area-code"))
        self.area_fields[code] = fields
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
                self.statements.read_statement(
                    YamlFields(item, path, NEW_STATEMENT, self.collector), code, topics
                )
                for item in fields.list_items("statements")
            ),
        )
        fields.report_unread()
        return area

    def _read_topics(self, fields: YamlFields, key: str) -> Mapping[str, str]:
        return {
            name: self.texts.read_text(fields, name, f"{key}.topics.{name}", TextLimits.NAME)
            for name in fields.field_names()
        }
