"""Makes the findings about the cells that respondents fill in: ratings and evidence."""

from __future__ import annotations

from iml4e_xlsx.findings.catalogue import CatalogueBase
from iml4e_xlsx.findings.finding import Finding, Place, Severity
from iml4e_xlsx.text.message import TextValue


class RatingFindings(CatalogueBase):
    """Makes findings about ratings and evidence."""

    __slots__ = ()

    def rating_as_text(
        self, place: Place, statement: str, value: str, labels: str, read_as: str
    ) -> Finding:
        """Report a rating in other words than its label, which is read without doubt."""
        return self._make_finding(
            Severity.WARNING,
            "rating-as-text",
            place,
            value,
            statement,
            labels=labels,
            read_as=read_as,
        )

    def rating_as_number(
        self, place: Place, statement: str, value: str, labels: str, read_as: str
    ) -> Finding:
        """Report a bare number of the scale: found in earlier records only, since numbers count."""
        return self._make_finding(
            Severity.WARNING,
            "rating-as-number",
            place,
            value,
            statement,
            labels=labels,
            read_as=read_as,
        )

    def rating_with_remark(
        self, place: Place, statement: str, value: str, labels: str, read_as: str
    ) -> Finding:
        """Report a rating that a remark follows; the remark is read as evidence."""
        return self._make_finding(
            Severity.WARNING,
            "rating-with-remark",
            place,
            value,
            statement,
            labels=labels,
            read_as=read_as,
        )

    def rating_is_percentage(
        self, place: Place, statement: str, value: str, labels: str
    ) -> Finding:
        """Report a percentage in a score cell: 3 and 300 % are the same number."""
        return self._make_finding(
            Severity.ERROR, "rating-is-percentage", place, value, statement, labels=labels
        )

    def rating_unknown(self, place: Place, statement: str, value: str, labels: str) -> Finding:
        """Report a text that is not a rating."""
        return self._make_finding(
            Severity.ERROR, "rating-unknown", place, value, statement, labels=labels
        )

    def rating_contradicts_itself(
        self, place: Place, statement: str, value: str, labels: str
    ) -> Finding:
        """Report a rating with a figure and a word that disagree."""
        return self._make_finding(
            Severity.ERROR, "rating-contradicts-itself", place, value, statement, labels=labels
        )

    def rating_out_of_range(self, place: Place, statement: str, value: str, labels: str) -> Finding:
        """Report a number that is not on the scale: 2.5, 7, -1."""
        return self._make_finding(
            Severity.ERROR, "rating-out-of-range", place, value, statement, labels=labels
        )

    def rating_is_date(
        self, place: Place, statement: str, value: TextValue, labels: str
    ) -> Finding:
        """Report a date or time; programs turn an entry such as 1/2 into one."""
        return self._make_finding(
            Severity.ERROR, "rating-is-date", place, value, statement, labels=labels
        )

    def rating_is_boolean(self, place: Place, statement: str, value: str, labels: str) -> Finding:
        """Report TRUE or FALSE in a score cell."""
        return self._make_finding(
            Severity.ERROR, "rating-is-boolean", place, value, statement, labels=labels
        )

    def rating_is_error(self, place: Place, statement: str, value: str, labels: str) -> Finding:
        """Report an error value, for example #REF!, in a score cell."""
        return self._make_finding(
            Severity.ERROR, "rating-is-error", place, value, statement, labels=labels
        )

    def rating_is_formula(self, place: Place, statement: str, value: str, labels: str) -> Finding:
        """Report a rating computed by a formula, read by its stored value."""
        return self._make_finding(
            Severity.WARNING, "rating-is-formula", place, value, statement, labels=labels
        )

    def rating_formula_without_value(
        self, place: Place, statement: str, value: str, labels: str
    ) -> Finding:
        """Report a formula without a stored value: nothing can be read."""
        return self._make_finding(
            Severity.ERROR, "rating-formula-without-value", place, value, statement, labels=labels
        )

    def rating_illegible(
        self, place: Place, statement: str, value: TextValue, labels: str
    ) -> Finding:
        """Report a score cell whose content cannot be understood."""
        return self._make_finding(
            Severity.ERROR, "rating-illegible", place, value, statement, labels=labels
        )

    def not_applicable_without_reason(self, place: Place, statement: str, label: str) -> Finding:
        """Report n/a without text in the evidence cell."""
        return self._make_finding(
            Severity.WARNING, "not-applicable-without-reason", place, label, statement, label=label
        )

    def evidence_unreadable(self, place: Place, statement: str, value: TextValue) -> Finding:
        """Report an evidence cell with an error, or with a formula without a stored result."""
        return self._make_finding(Severity.WARNING, "evidence-unreadable", place, value, statement)

    def evidence_illegible(self, place: Place, statement: str, value: TextValue) -> Finding:
        """Report an evidence cell whose content cannot be understood."""
        return self._make_finding(Severity.WARNING, "evidence-illegible", place, value, statement)

    def evidence_too_long(self, place: Place, value: TextValue, limit: int) -> Finding:
        """Report evidence that was left out because the workbook holds too much of it."""
        return self._make_finding(
            Severity.ERROR, "evidence-too-long", place, value, limit=f"{limit:,}"
        )

    def evidence_cut(self, place: Place, statement: str, length: int) -> Finding:
        """Report evidence of exactly the length that its format holds: more may have been cut."""
        return self._make_finding(Severity.WARNING, "evidence-cut", place, length, statement)
