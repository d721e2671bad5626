"""What can be said of a returned workbook and of the team that its respondents make."""

from __future__ import annotations

from iml4e_xlsx.findings.catalogue import CatalogueBase
from iml4e_xlsx.findings.finding import Finding, Place, Severity
from iml4e_xlsx.text.spelling import quote_value


class ResponseFindings(CatalogueBase):
    """Makes findings about responses."""

    __slots__ = ()

    # --- ratings -------------------------------------------------------------------------

    def rating_as_text(
        self, at: Place, statement: str, found: str, labels: str, read_as: str
    ) -> Finding:
        """Report a rating in other words than the label's, read without doubt."""
        return self._make(
            Severity.WARNING, "rating-as-text", at, found, statement, labels=labels, read_as=read_as
        )

    def rating_as_number(
        self, at: Place, statement: str, found: str, labels: str, read_as: str
    ) -> Finding:
        """Report a bare number of the scale in place of the label."""
        return self._make(
            Severity.WARNING,
            "rating-as-number",
            at,
            found,
            statement,
            labels=labels,
            read_as=read_as,
        )

    def rating_with_remark(
        self, at: Place, statement: str, found: str, labels: str, read_as: str
    ) -> Finding:
        """Report a rating that a remark follows; the remark is kept as evidence."""
        return self._make(
            Severity.WARNING,
            "rating-with-remark",
            at,
            found,
            statement,
            labels=labels,
            read_as=read_as,
        )

    def rating_is_percentage(self, at: Place, statement: str, found: str, labels: str) -> Finding:
        """Report a percentage in a score cell: 3 and 300 % are the same number."""
        return self._make(
            Severity.ERROR, "rating-is-percentage", at, found, statement, labels=labels
        )

    def rating_unknown(self, at: Place, statement: str, found: str, labels: str) -> Finding:
        """Report text that is no rating."""
        return self._make(Severity.ERROR, "rating-unknown", at, found, statement, labels=labels)

    def rating_contradicts_itself(
        self, at: Place, statement: str, found: str, labels: str
    ) -> Finding:
        """Report a rating whose figure and word disagree."""
        return self._make(
            Severity.ERROR, "rating-contradicts-itself", at, found, statement, labels=labels
        )

    def rating_out_of_range(self, at: Place, statement: str, found: str, labels: str) -> Finding:
        """Report a number that is not on the scale: 2.5, 7, -1."""
        return self._make(
            Severity.ERROR, "rating-out-of-range", at, found, statement, labels=labels
        )

    def rating_is_date(self, at: Place, statement: str, found: str, labels: str) -> Finding:
        """Report a date or time; programs make one of what was typed as 1/2."""
        return self._make(Severity.ERROR, "rating-is-date", at, found, statement, labels=labels)

    def rating_is_boolean(self, at: Place, statement: str, found: str, labels: str) -> Finding:
        """Report TRUE or FALSE in a score cell."""
        return self._make(Severity.ERROR, "rating-is-boolean", at, found, statement, labels=labels)

    def rating_is_error(self, at: Place, statement: str, found: str, labels: str) -> Finding:
        """Report an error value such as #REF! in a score cell."""
        return self._make(Severity.ERROR, "rating-is-error", at, found, statement, labels=labels)

    def rating_is_formula(self, at: Place, statement: str, found: str, labels: str) -> Finding:
        """Report a rating computed by a formula, read by its stored value."""
        return self._make(
            Severity.WARNING, "rating-is-formula", at, found, statement, labels=labels
        )

    def rating_formula_without_value(
        self, at: Place, statement: str, found: str, labels: str
    ) -> Finding:
        """Report a formula whose value was not stored: nothing can be read."""
        return self._make(
            Severity.ERROR, "rating-formula-without-value", at, found, statement, labels=labels
        )

    def not_applicable_without_reason(self, at: Place, statement: str, label: str) -> Finding:
        """Report n/a without text in the evidence cell."""
        return self._make(
            Severity.WARNING, "not-applicable-without-reason", at, label, statement, label=label
        )

    def evidence_unreadable(self, at: Place, statement: str, found: str) -> Finding:
        """Report an evidence cell with an error, or a formula whose result was not stored."""
        return self._make(Severity.WARNING, "evidence-unreadable", at, found, statement)

    def evidence_cut(self, at: Place, statement: str, length: int) -> Finding:
        """Report evidence of exactly the length that its format holds: more may have been cut."""
        return self._make(Severity.WARNING, "evidence-cut", at, length, statement)

    # --- rows and sheets -----------------------------------------------------------------

    def statement_missing(self, at: Place, statement: str) -> Finding:
        """Report a statement of the scheme whose row is nowhere in the workbook."""
        return self._make(Severity.ERROR, "statement-missing", at, "", statement)

    def area_missing(self, at: Place, area: str, count: int) -> Finding:
        """Report an area none of whose statements is in the workbook."""
        return self._make(Severity.ERROR, "area-missing", at, "", None, area=area, count=count)

    def statement_twice(
        self, at: Place, statement: str, found: str, first: str, *, agree: bool
    ) -> Finding:
        """Report a statement that stands twice; contradicting ratings are not read."""
        code = "statement-twice" if agree else "statement-twice-contradicting"
        severity = Severity.WARNING if agree else Severity.ERROR
        return self._make(severity, code, at, found, statement, first=first)

    def sheet_twice(self, at: Place, found: str, first: str) -> Finding:
        """Report a sheet whose statements all stand on another sheet too, with equal ratings."""
        return self._make(Severity.WARNING, "sheet-twice", at, found, None, first=first)

    def several_responses(self, at: Place, found: str) -> Finding:
        """Report the same statements rated on sheets of different workbooks: none is read."""
        return self._make(Severity.ERROR, "several-responses", at, found)

    def statement_by_text(self, at: Place, found: str) -> Finding:
        """Report rows without their numbers, found by the statements' texts."""
        return self._make(Severity.WARNING, "statement-by-text", at, found)

    def statement_exchanged(self, at: Place, statement: str, other: str) -> Finding:
        """Report a row with the number of one statement and the text of another."""
        return self._make(Severity.ERROR, "statement-exchanged", at, other, statement)

    def statement_unknown(self, at: Place, found: str) -> Finding:
        """Report a rated row whose id the scheme does not have."""
        return self._make(Severity.ERROR, "statement-unknown", at, found)

    def statement_reworded(self, at: Place, statement: str, found: str, expected: str) -> Finding:
        """Report a statement whose text differs from the scheme's: something else was rated."""
        return self._make(
            Severity.WARNING, "statement-reworded", at, found, statement, text=quote_value(expected)
        )

    def columns_not_found(self, at: Place, area: str) -> Finding:
        """Report statements whose rating column cannot be told."""
        return self._make(Severity.ERROR, "columns-not-found", at, "", None, area=area)

    def columns_by_position(self, at: Place, area: str) -> Finding:
        """Report columns found by where they stand because their headings are gone."""
        return self._make(Severity.WARNING, "columns-by-position", at, "", None, area=area)

    def merged_score_cells(self, at: Place, statement: str, found: str) -> Finding:
        """Report a score cell merged with others: whose rating it is cannot be told."""
        return self._make(Severity.ERROR, "merged-score-cells", at, found, statement)

    def merged_in_row(self, at: Place, statement: str, found: str) -> Finding:
        """Report a score cell merged with cells of its own row: the rating is read."""
        return self._make(Severity.WARNING, "merged-in-row", at, found, statement)

    # --- the workbook as a whole ---------------------------------------------------------

    def unanswered(self, at: Place, count: int, total: int, statements: str) -> Finding:
        """Report how many statements have no rating."""
        return self._make(
            Severity.NOTE, "unanswered", at, count, total=total, statements=statements
        )

    def nothing_rated(self, at: Place, *, reliable: bool) -> Finding:
        """Report a workbook without any legible rating; an error where its format hides some."""
        severity = Severity.WARNING if reliable else Severity.ERROR
        return self._make(severity, "nothing-rated", at)

    def extra_content(self, at: Place, found: str) -> Finding:
        """Report macros, links or objects, which are neither run, followed nor kept."""
        return self._make(Severity.WARNING, "extra-content", at, found)

    def carried_added(self, at: Place, count: int, version: str, statements: str) -> Finding:
        """Report statements that only the version carried to has; they are unanswered."""
        return self._make(
            Severity.NOTE, "carried-added", at, count, version=version, statements=statements
        )

    def carried_dropped(self, at: Place, statement: str, found: str, version: str) -> Finding:
        """Report an answer to a statement that the version carried to no longer has."""
        return self._make(
            Severity.WARNING, "carried-dropped", at, found, statement, version=version
        )

    def carried_reworded(self, at: Place, statement: str, found: str, expected: str) -> Finding:
        """Report an answer to a statement that says something else in the version carried to."""
        text = quote_value(expected)
        return self._make(Severity.WARNING, "carried-reworded", at, found, statement, text=text)

    def carried_level(self, at: Place, statement: str, found: int, level: int) -> Finding:
        """Report an answer to a statement that is assigned to another level now."""
        return self._make(Severity.NOTE, "carried-level", at, found, statement, level=level)

    def carried_rating(self, at: Place, statement: str, found: str, labels: str) -> Finding:
        """Report a rating that the scale of the version carried to does not have."""
        return self._make(Severity.ERROR, "carried-rating", at, found, statement, labels=labels)

    def figures_differ(self, at: Place, area: str, found: str, computed: str) -> Finding:
        """Report an area's figures in the workbook that are not what its ratings yield."""
        return self._make(Severity.NOTE, "figures-differ", at, found, area=area, computed=computed)

    def level_unknown(self, at: Place, kind: str, area: str, found: str, levels: str) -> Finding:
        """Report a `target` or own `estimate` that is no level of the scheme."""
        field = self.texts(f"summary.{kind}")
        subject = f"{kind}.{area}"
        return self._make(
            Severity.WARNING,
            "level-unknown",
            at,
            found,
            subject=subject,
            field=field,
            area=area,
            levels=levels,
        )

    def date_unknown(self, at: Place, found: str) -> Finding:
        """Report a profile date that cannot be read without guessing."""
        return self._make(Severity.WARNING, "date-unknown", at, found, subject="profile.date")

    def profile_missing(self, at: Place, field: str) -> Finding:
        """Report an empty profile field."""
        return self._make(Severity.NOTE, "profile-missing", at, "", None, field=field)

    def profile_not_found(self, at: Place) -> Finding:
        """Report that the sheet with the profile is gone."""
        return self._make(Severity.WARNING, "profile-not-found", at)

    def identity_lost(self, at: Place, scheme: str, version: str) -> Finding:
        """Report a workbook without any reference, recognised by its statements."""
        return self._make(
            Severity.WARNING, "identity-lost", at, "", None, scheme=scheme, version=version
        )

    def identity_contradicts(self, at: Place, found: str, expected: str) -> Finding:
        """Report references in one workbook that name different workbooks."""
        return self._make(Severity.WARNING, "identity-contradicts", at, found, reference=expected)

    # --- teams ---------------------------------------------------------------------------

    def team_missing(self, at: Place) -> Finding:
        """Report a response that names no team and so stands alone."""
        return self._make(Severity.WARNING, "team-missing", at, subject="profile.team")

    def respondent_twice(self, at: Place, found: str, kept: str, date: str) -> Finding:
        """Report the earlier of two responses of one respondent, which does not count."""
        return self._make(
            Severity.WARNING,
            "respondent-twice",
            at,
            found,
            subject="profile.respondent",
            kept=quote_value(kept),
            date=date,
        )

    def targets_differ(self, at: Place, area: str, found: str, level: int) -> Finding:
        """Report that the members of a team gave different targets for an area."""
        return self._make(
            Severity.NOTE,
            "targets-differ",
            at,
            found,
            subject=f"target.{area}",
            area=area,
            level=level,
        )
