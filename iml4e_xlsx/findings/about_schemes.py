"""What can be said of a scheme's files."""

from __future__ import annotations

from iml4e_xlsx.findings.catalogue import CatalogueBase
from iml4e_xlsx.findings.finding import Finding, Place, Severity


class SchemeFindings(CatalogueBase):
    """Makes findings about schemes."""

    __slots__ = ()

    def scheme_syntax(self, at: Place, problem: str) -> Finding:
        """Report a file that is no YAML."""
        return self._make(Severity.ERROR, "scheme-syntax", at, problem)

    def scheme_missing_file(self, at: Place, path: str) -> Finding:
        """Report a file that the scheme names and that is not there."""
        return self._make(Severity.ERROR, "scheme-missing-file", at, path)

    def scheme_missing_field(self, at: Place, field: str, where: str) -> Finding:
        """Report a field that must be given."""
        return self._make(Severity.ERROR, "scheme-missing-field", at, "", field=field, where=where)

    def scheme_unknown_field(self, at: Place, field: str, known: str) -> Finding:
        """Report a field that means nothing here, most often a misspelt one."""
        return self._make(Severity.ERROR, "scheme-unknown-field", at, field, known=known)

    def scheme_duplicate(self, at: Place, what: str, found: str) -> Finding:
        """Report a field, id, code or name that is given twice."""
        return self._make(Severity.ERROR, "scheme-duplicate", at, found, what=what)

    def scheme_wrong_type(self, at: Place, field: str, found: str, expected: str) -> Finding:
        """Report a value of the wrong kind or form."""
        return self._make(
            Severity.ERROR, "scheme-wrong-type", at, found, field=field, wanted=expected
        )

    def scheme_empty_text(self, at: Place, field: str) -> Finding:
        """Report a text that is there and empty."""
        return self._make(Severity.ERROR, "scheme-empty-text", at, "", field=field)

    def scheme_text_too_long(self, at: Place, field: str, length: int, limit: int) -> Finding:
        """Report a text that the workbook has no room for."""
        return self._make(
            Severity.ERROR, "scheme-text-too-long", at, length, field=field, limit=limit
        )

    def scheme_unknown_key(self, at: Place, what: str, found: str, known: str) -> Finding:
        """Report a level, topic or source that the scheme does not define."""
        return self._make(Severity.ERROR, "scheme-unknown-key", at, found, what=what, known=known)

    def scheme_area_without_level(self, at: Place, area: str, level: int) -> Finding:
        """Report an area in which no statement enters at a level."""
        return self._make(
            Severity.ERROR, "scheme-area-without-level", at, level, area=area, level=level
        )

    def scheme_out_of_range(self, at: Place, what: str, found: str, expected: str) -> Finding:
        """Report too many or too few of something, or numbers out of order."""
        return self._make(
            Severity.ERROR, "scheme-out-of-range", at, found, what=what, wanted=expected
        )

    def scheme_untranslated(self, at: Place, key: str, language: str) -> Finding:
        """Report a text that a translation lacks."""
        return self._make(Severity.ERROR, "scheme-untranslated", at, key, language=language)
