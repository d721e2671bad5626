"""Makes the findings about a returned workbook and about the team of its respondents."""

from __future__ import annotations

from typing import Final

from iml4e_xlsx.findings.catalogue import CatalogueBase
from iml4e_xlsx.findings.finding import Finding, Place, Severity
from iml4e_xlsx.text.message import TextValue, message
from iml4e_xlsx.text.spelling import quote_value

_MISSING: Final = frozenset({"area-missing", "statement-missing"})


def is_missing(finding: Finding) -> bool:
    """Tell whether a finding says that something is not in a workbook, not that it is illegible."""
    return finding.code in _MISSING


class ResponseFindings(CatalogueBase):
    """Makes findings about responses."""

    __slots__ = ()

    # --- rows and sheets -----------------------------------------------------------------

    def statement_missing(self, place: Place, statement: str) -> Finding:
        """Report a statement of the scheme that has no row in the workbook."""
        return self._make_finding(Severity.ERROR, "statement-missing", place, "", statement)

    def area_missing(self, place: Place, area: str, count: int) -> Finding:
        """Report an area that has no statement in the workbook."""
        return self._make_finding(
            Severity.ERROR, "area-missing", place, "", None, area=area, count=count
        )

    def statement_twice(
        self, place: Place, statement: str, value: TextValue, first: TextValue
    ) -> Finding:
        """Report a statement with several rows and at most one rating, which is read."""
        return self._make_finding(
            Severity.WARNING, "statement-twice", place, value, statement, first=first
        )

    def statement_twice_contradicting(
        self, place: Place, statement: str, value: TextValue, first: TextValue
    ) -> Finding:
        """Report a statement with several rows whose ratings differ; none of them is read."""
        return self._make_finding(
            Severity.ERROR, "statement-twice-contradicting", place, value, statement, first=first
        )

    def further_rows(self, place: Place, statement: str, value: TextValue) -> Finding:
        """Report that more is wrong with a statement's rows than there are findings about it."""
        return self._make_finding(Severity.WARNING, "further-rows", place, value, statement)

    def further_sheets(self, place: Place, value: TextValue) -> Finding:
        """Report that more is wrong with the sheets than there are findings about them."""
        return self._make_finding(Severity.WARNING, "further-sheets", place, value)

    def cells_illegible(self, place: Place, value: TextValue, reasons: TextValue) -> Finding:
        """Report cells of a sheet that are needed, and whose content cannot be understood."""
        return self._make_finding(
            Severity.WARNING, "cells-illegible", place, value, reasons=reasons
        )

    def sheet_twice(self, place: Place, value: TextValue, first: TextValue) -> Finding:
        """Report a sheet that repeats the statements of another sheet, with equal ratings."""
        return self._make_finding(Severity.WARNING, "sheet-twice", place, value, None, first=first)

    def several_responses(
        self, place: Place, value: TextValue, disputed: tuple[str, ...]
    ) -> Finding:
        """Report the same statements rated on sheets of different workbooks: none is read."""
        return self._make_finding(
            Severity.ERROR, "several-responses", place, value, disputed=disputed
        )

    def statement_by_text(self, place: Place, value: TextValue) -> Finding:
        """Report rows without numbers, recognised by the texts of their statements."""
        return self._make_finding(Severity.WARNING, "statement-by-text", place, value)

    def statement_exchanged(self, place: Place, statement: str, other: str) -> Finding:
        """Report a row with the number of one statement and the text of another."""
        return self._make_finding(Severity.ERROR, "statement-exchanged", place, other, statement)

    def statement_unknown(self, place: Place, value: TextValue) -> Finding:
        """Report rated rows of a sheet with ids that the scheme does not have."""
        return self._make_finding(Severity.ERROR, "statement-unknown", place, value)

    def statement_reworded(
        self, place: Place, statement: str, value: str, expected: str
    ) -> Finding:
        """Report a statement with another text than the scheme's: something else was rated."""
        return self._make_finding(
            Severity.WARNING,
            "statement-reworded",
            place,
            value,
            statement,
            text=quote_value(expected),
        )

    def columns_not_found(self, place: Place, area: str) -> Finding:
        """Report a table of statements without a recognisable rating column."""
        return self._make_finding(Severity.ERROR, "columns-not-found", place, "", None, area=area)

    def columns_by_position(self, place: Place, area: str) -> Finding:
        """Report columns recognised by their position because their headings are gone."""
        return self._make_finding(
            Severity.WARNING, "columns-by-position", place, "", None, area=area
        )

    def merged_score_cells(self, place: Place, statement: str, value: str) -> Finding:
        """Report a score cell merged with cells of other rows, to which its rating may belong."""
        return self._make_finding(Severity.ERROR, "merged-score-cells", place, value, statement)

    def merged_in_row(self, place: Place, statement: str, value: str) -> Finding:
        """Report a score cell merged with cells of its own row: the rating is read."""
        return self._make_finding(Severity.WARNING, "merged-in-row", place, value, statement)

    # --- the workbook as a whole ---------------------------------------------------------

    def unanswered(self, place: Place, count: int, total: int, statements: TextValue) -> Finding:
        """Report the number of statements without a rating."""
        return self._make_finding(
            Severity.NOTE,
            "unanswered",
            place,
            count,
            count=count,
            total=total,
            statements=statements,
        )

    def dont_know(self, place: Place, count: int, total: int, statements: TextValue) -> Finding:
        """Report the number of statements that the respondent does not know about."""
        return self._make_finding(
            Severity.NOTE,
            "dont-know",
            place,
            count,
            count=count,
            total=total,
            statements=statements,
        )

    def forms_mixed(self, place: Place, count: int, total: int, value: str) -> Finding:
        """Report members of a team who were asked for fewer statements than the others."""
        return self._make_finding(
            Severity.NOTE, "forms-mixed", place, value, count=count, total=total, form=value
        )

    def nothing_rated(self, place: Place, *, reliable: bool) -> Finding:
        """Report a workbook without any legible rating; an error where its format hides some."""
        severity = Severity.WARNING if reliable else Severity.ERROR
        return self._make_finding(severity, "nothing-rated", place)

    def extra_content(self, place: Place, value: TextValue) -> Finding:
        """Report macros, links or objects, which are neither run, followed nor kept."""
        return self._make_finding(Severity.WARNING, "extra-content", place, value)

    def carried_added(
        self, place: Place, count: int, version: str, statements: TextValue
    ) -> Finding:
        """Report statements that only the version carried to has; they are unanswered."""
        return self._make_finding(
            Severity.NOTE,
            "carried-added",
            place,
            count,
            count=count,
            version=version,
            statements=statements,
        )

    def carried_outside(
        self, place: Place, count: int, form: str, statements: TextValue
    ) -> Finding:
        """Report answers to statements that the form carried to does not ask for."""
        return self._make_finding(
            Severity.WARNING,
            "carried-outside",
            place,
            count,
            count=count,
            form=form,
            statements=statements,
        )

    def carried_dropped(self, place: Place, statement: str, value: str, version: str) -> Finding:
        """Report an answer to a statement that the version carried to no longer has."""
        return self._make_finding(
            Severity.WARNING, "carried-dropped", place, value, statement, version=version
        )

    def carried_reworded(self, place: Place, statement: str, value: str, expected: str) -> Finding:
        """Report an answer to a statement that says something else in the version carried to."""
        text = quote_value(expected)
        return self._make_finding(
            Severity.WARNING, "carried-reworded", place, value, statement, text=text
        )

    def carried_level(self, place: Place, statement: str, value: int, level: int) -> Finding:
        """Report an answer to a statement that is assigned to another level now."""
        return self._make_finding(
            Severity.NOTE, "carried-level", place, value, statement, level=level
        )

    def carried_rating(self, place: Place, statement: str, value: str, labels: str) -> Finding:
        """Report a rating that the scale of the version carried to does not have."""
        return self._make_finding(
            Severity.ERROR, "carried-rating", place, value, statement, labels=labels
        )

    def figures_differ(
        self, place: Place, area: str, value: TextValue, computed: TextValue
    ) -> Finding:
        """Report figures of an area in the workbook that differ from those of its ratings."""
        return self._make_finding(
            Severity.NOTE, "figures-differ", place, value, area=area, computed=computed
        )

    def figures_without_ratings(
        self,
        place: Place,
        area: str,
        value: TextValue,
        computed: TextValue,
        statements: TextValue,
    ) -> Finding:
        """Report figures of an area that lack ratings, written as the workbook does not count."""
        return self._make_finding(
            Severity.NOTE,
            "figures-without-ratings",
            place,
            value,
            area=area,
            computed=computed,
            statements=statements,
        )

    def level_unknown(
        self, place: Place, kind: str, area: str, value: str, levels: TextValue
    ) -> Finding:
        """Report a `target` or own `estimate` that is no level of the scheme."""
        return self._make_finding(
            Severity.WARNING,
            "level-unknown",
            place,
            value,
            subject=f"{kind}.{area}",
            field=message(f"summary.{kind}"),
            area=area,
            levels=levels,
        )

    def level_illegible(self, place: Place, kind: str, area: str, value: TextValue) -> Finding:
        """Report a `target` or own `estimate` whose cell cannot be understood."""
        return self._make_finding(
            Severity.WARNING,
            "level-illegible",
            place,
            value,
            subject=f"{kind}.{area}",
            field=message(f"summary.{kind}"),
            area=area,
        )

    def date_unknown(self, place: Place, value: str) -> Finding:
        """Report a profile date that cannot be read without guessing."""
        return self._make_finding(
            Severity.WARNING, "date-unknown", place, value, subject="profile.date"
        )

    def size_unknown(self, place: Place, value: str) -> Finding:
        """Report a size that programs have changed, or that is neither a number nor a class."""
        return self._make_finding(
            Severity.WARNING, "size-unknown", place, value, subject="profile.size"
        )

    def profile_is_date(self, place: Place, name: str, field: TextValue, value: str) -> Finding:
        """Report a profile text that is a date or time: which text was typed cannot be told."""
        return self._make_finding(
            Severity.WARNING,
            "profile-is-date",
            place,
            value,
            subject=f"profile.{name}",
            field=field,
        )

    def profile_missing(self, place: Place, field: TextValue) -> Finding:
        """Report an empty profile field."""
        return self._make_finding(Severity.NOTE, "profile-missing", place, "", None, field=field)

    def profile_illegible(
        self, place: Place, name: str, field: TextValue, value: TextValue
    ) -> Finding:
        """Report a profile field whose cell cannot be understood, or holds an error."""
        return self._make_finding(
            Severity.WARNING,
            "profile-illegible",
            place,
            value,
            subject=f"profile.{name}",
            field=field,
        )

    def profile_not_found(self, place: Place) -> Finding:
        """Report a workbook without the sheet of the profile."""
        return self._make_finding(Severity.WARNING, "profile-not-found", place)

    def identity_lost(self, place: Place, scheme: str, version: str) -> Finding:
        """Report a workbook without any reference, recognised by its statements."""
        return self._make_finding(
            Severity.WARNING, "identity-lost", place, "", None, scheme=scheme, version=version
        )

    def identity_contradicts(self, place: Place, value: TextValue, expected: str) -> Finding:
        """Report references in one workbook that name different workbooks."""
        return self._make_finding(
            Severity.WARNING, "identity-contradicts", place, value, reference=expected
        )

    # --- teams ---------------------------------------------------------------------------

    def team_missing(self, place: Place) -> Finding:
        """Report a response that names no team and so stands alone."""
        return self._make_finding(Severity.WARNING, "team-missing", place, subject="profile.team")

    def targets_differ(self, place: Place, area: str, value: str, level: int) -> Finding:
        """Report different targets of a team's members for an area."""
        return self._make_finding(
            Severity.NOTE,
            "targets-differ",
            place,
            value,
            subject=f"target.{area}",
            area=area,
            level=level,
        )
