"""Makes the findings about a scheme's files."""

from __future__ import annotations

from iml4e_xlsx.findings.catalogue import CatalogueBase
from iml4e_xlsx.findings.finding import Finding, Place, Severity
from iml4e_xlsx.text.message import TextValue


class SchemeFindings(CatalogueBase):
    """Makes findings about schemes."""

    __slots__ = ()

    def scheme_syntax(self, place: Place, problem: TextValue) -> Finding:
        """Report a file that is not YAML."""
        return self._make_finding(Severity.ERROR, "scheme-syntax", place, problem)

    def scheme_missing_file(self, place: Place, path: str) -> Finding:
        """Report a file that the scheme names and that is not there."""
        return self._make_finding(Severity.ERROR, "scheme-missing-file", place, path)

    def scheme_missing_field(self, place: Place, field: TextValue, where: TextValue) -> Finding:
        """Report a required field that is missing."""
        return self._make_finding(
            Severity.ERROR, "scheme-missing-field", place, "", field=field, where=where
        )

    def scheme_unknown_field(self, place: Place, field: str, choices: str) -> Finding:
        """Report a field that has no meaning here, most often a misspelt one."""
        return self._make_finding(
            Severity.ERROR, "scheme-unknown-field", place, field, choices=choices
        )

    def scheme_duplicate(self, place: Place, what: TextValue, value: str) -> Finding:
        """Report a field, id, code or name that occurs twice."""
        return self._make_finding(Severity.ERROR, "scheme-duplicate", place, value, what=what)

    def scheme_wrong_type(
        self, place: Place, field: TextValue, value: TextValue, expected: TextValue
    ) -> Finding:
        """Report a value of the wrong kind or form."""
        return self._make_finding(
            Severity.ERROR, "scheme-wrong-type", place, value, field=field, wanted=expected
        )

    def scheme_empty_text(self, place: Place, field: TextValue) -> Finding:
        """Report an empty text."""
        return self._make_finding(Severity.ERROR, "scheme-empty-text", place, "", field=field)

    def scheme_text_too_long(
        self, place: Place, field: TextValue, length: int, limit: int
    ) -> Finding:
        """Report a text that is too long for the workbook."""
        return self._make_finding(
            Severity.ERROR, "scheme-text-too-long", place, length, field=field, limit=limit
        )

    def scheme_unknown_key(
        self, place: Place, what: TextValue, value: str, choices: TextValue
    ) -> Finding:
        """Report a level, topic or source that the scheme does not define."""
        return self._make_finding(
            Severity.ERROR, "scheme-unknown-key", place, value, what=what, choices=choices
        )

    def scheme_area_without_statements(self, place: Place, area: str) -> Finding:
        """Report an area without any statement."""
        return self._make_finding(
            Severity.ERROR, "scheme-area-without-statements", place, area, area=area
        )

    def scheme_out_of_range(
        self, place: Place, what: TextValue, value: TextValue, expected: TextValue
    ) -> Finding:
        """Report too many or too few of something, or numbers out of order."""
        return self._make_finding(
            Severity.ERROR, "scheme-out-of-range", place, value, what=what, wanted=expected
        )

    def scheme_untranslated(self, place: Place, key: str, language: str) -> Finding:
        """Report a text that a translation lacks."""
        return self._make_finding(
            Severity.ERROR, "scheme-untranslated", place, key, language=language
        )

    def scheme_not_measured(self, place: Place) -> Finding:
        """Report that a scheme does not say what its texts are held to."""
        return self._make_finding(Severity.NOTE, "scheme-not-measured", place)

    def scheme_without_instruction(self, place: Place) -> Finding:
        """Report that a scheme does not tell respondents how to rate."""
        return self._make_finding(Severity.WARNING, "scheme-without-instruction", place)

    def scheme_skipped_level(self, place: Place, area: str, level: int) -> Finding:
        """Report a level at which an area has no statement."""
        return self._make_finding(
            Severity.NOTE, "scheme-skipped-level", place, level, area=area, level=level
        )

    def scheme_statement_count(
        self, place: Place, area: str, level: int, count: int, bounds: tuple[int, int]
    ) -> Finding:
        """Report too few or too many statements of an area at a level."""
        return self._make_finding(
            Severity.WARNING,
            "scheme-statement-count",
            place,
            count,
            area=area,
            level=level,
            count=count,
            low=bounds[0],
            high=bounds[1],
        )

    def scheme_text_length(
        self, place: Place, statement: str, words: int, bounds: tuple[int, int]
    ) -> Finding:
        """Report a statement of too few or too many words."""
        return self._make_finding(
            Severity.WARNING,
            "scheme-text-length",
            place,
            words,
            statement,
            count=words,
            low=bounds[0],
            high=bounds[1],
        )

    def scheme_joined_text(self, place: Place, statement: str, word: str) -> Finding:
        """Report a statement that may ask for two things, without a reason."""
        return self._make_finding(Severity.WARNING, "scheme-joined-text", place, word, statement)

    def scheme_needless_reason(self, place: Place, statement: str) -> Finding:
        """Report a reason for joining two things in a text that does not."""
        return self._make_finding(Severity.WARNING, "scheme-needless-reason", place, "", statement)

    def scheme_guidance_gap(self, place: Place, statement: str, missing: str) -> Finding:
        """Report ratings that a guidance does not describe."""
        return self._make_finding(
            Severity.WARNING, "scheme-guidance-gap", place, missing, statement
        )

    def scheme_without_reference(self, place: Place, statement: str) -> Finding:
        """Report a statement that names no source."""
        return self._make_finding(
            Severity.WARNING, "scheme-without-reference", place, "", statement
        )

    def scheme_anchor_uncited(self, place: Place, statement: str, anchor: str) -> Finding:
        """Report a statement whose level rests on a source that it does not refer to."""
        return self._make_finding(
            Severity.WARNING, "scheme-anchor-uncited", place, anchor, statement
        )
