"""
The catalogue of findings: one function per code, and the only place that makes a `Finding`.

The words stand in the interface texts under `findings.<code>`, so that they can be translated;
a function here fixes what a message of its code must be told.
"""

from __future__ import annotations

from dataclasses import dataclass

from iml4e_xlsx.errors import Finding, Place, Severity
from iml4e_xlsx.texts import Texts

QUOTED_LENGTH = 80


def quoted(value: object) -> str:
    """Return a found value as it can stand in a message: one line, printable, not too long."""
    text = "".join(c if c.isprintable() else " " for c in str(value))
    return text if len(text) <= QUOTED_LENGTH else text[: QUOTED_LENGTH - 1] + "…"


@dataclass(frozen=True, slots=True)
class Findings:
    """Makes findings in the language of its texts."""

    texts: Texts

    def _make(
        self,
        severity: Severity,
        code: str,
        at: Place,
        found: object = "",
        statement: str | None = None,
        *,
        subject: str | None = None,
        **values: object,
    ) -> Finding:
        shown = quoted(found)
        values = {**values, "found": shown, "statement": statement}
        return Finding(
            severity=severity,
            code=code,
            place=at,
            message=self.texts(f"findings.{code}.message", **values),
            found=shown,
            expected=self.texts(f"findings.{code}.expected", **values),
            action=self.texts(f"findings.{code}.action", **values),
            statement=statement,
            subject=subject,
        )

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
            Severity.WARNING, "statement-reworded", at, found, statement, text=quoted(expected)
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
        text = quoted(expected)
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
            kept=quoted(kept),
            date=date,
        )

    def targets_differ(self, at: Place, what: str, area: str, found: str, level: int) -> Finding:
        """Report that the members of a team gave different targets for an area."""
        return self._make(
            Severity.NOTE,
            "targets-differ",
            at,
            found,
            subject=f"{what}.{area}",
            area=area,
            level=level,
        )

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

    # --- schemes -------------------------------------------------------------------------

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
