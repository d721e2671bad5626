"""What can be said of the table of people who are to be asked."""

from __future__ import annotations

from iml4e_xlsx.findings.catalogue import CatalogueBase
from iml4e_xlsx.findings.finding import Finding, Place, Severity


class RosterFindings(CatalogueBase):
    """Makes findings about rosters: all are errors, since nobody is written to in doubt."""

    __slots__ = ()

    # --- the file ------------------------------------------------------------------------

    def roster_unreadable(self, at: Place, reason: str) -> Finding:
        """Report a file that is not there or cannot be opened."""
        return self._make(Severity.ERROR, "roster-unreadable", at, reason)

    def roster_no_table(self, at: Place, reason: str) -> Finding:
        """Report a file that is neither a workbook nor text, or a damaged one."""
        return self._make(Severity.ERROR, "roster-no-table", at, reason)

    def roster_encoding(self, at: Place, found: str) -> Finding:
        """Report a byte that is no character in any encoding that is understood."""
        return self._make(Severity.ERROR, "roster-encoding", at, found)

    def roster_quote(self, at: Place) -> Finding:
        """Report a quote that is not closed, or closed before the value's end."""
        return self._make(Severity.ERROR, "roster-quote", at)

    def roster_empty(self, at: Place) -> Finding:
        """Report a table that names nobody."""
        return self._make(Severity.ERROR, "roster-empty", at)

    def roster_too_many_rows(self, at: Place, count: int, limit: int) -> Finding:
        """Report more people than one round is made for."""
        return self._make(Severity.ERROR, "roster-too-many-rows", at, count, limit=limit)

    # --- headings ------------------------------------------------------------------------

    def roster_no_heading(self, at: Place, found: str, known: str) -> Finding:
        """Report a first row that names no column that is known."""
        return self._make(Severity.ERROR, "roster-no-heading", at, found, known=known)

    def roster_column_missing(self, at: Place, column: str) -> Finding:
        """Report a column that must be there."""
        return self._make(Severity.ERROR, "roster-column-missing", at, column)

    def roster_column_twice(self, at: Place, found: str, first: str) -> Finding:
        """Report two columns that mean the same, by whatever names."""
        return self._make(Severity.ERROR, "roster-column-twice", at, found, first=first)

    def roster_column_misspelt(self, at: Place, found: str, meant: str) -> Finding:
        """Report a heading that is nearly that of a column which is not there."""
        return self._make(Severity.ERROR, "roster-column-misspelt", at, found, meant=meant)

    def roster_outside(self, at: Place, found: str) -> Finding:
        """Report a value in a column without a heading: the row has more cells than headings."""
        return self._make(Severity.ERROR, "roster-outside", at, found)

    # --- values --------------------------------------------------------------------------

    def roster_cell_error(self, at: Place, found: str) -> Finding:
        """Report an error value such as #REF!."""
        return self._make(Severity.ERROR, "roster-cell-error", at, found)

    def roster_cell_formula(self, at: Place) -> Finding:
        """Report a formula whose result was not stored: nothing can be read."""
        return self._make(Severity.ERROR, "roster-cell-formula", at)

    def roster_cell_date(self, at: Place, found: str) -> Finding:
        """Report a date where text belongs; programs make one of what was typed as 10-49."""
        return self._make(Severity.ERROR, "roster-cell-date", at, found)

    def roster_cell_truth(self, at: Place, found: str) -> Finding:
        """Report TRUE or FALSE where text belongs."""
        return self._make(Severity.ERROR, "roster-cell-truth", at, found)

    def roster_control_character(self, at: Place, found: str, character: str) -> Finding:
        """Report a line break or another character that steers what shows or sends the text."""
        return self._make(
            Severity.ERROR, "roster-control-character", at, found, character=character
        )

    def roster_text_too_long(self, at: Place, length: int, limit: int) -> Finding:
        """Report a text that the workbook has no room for."""
        return self._make(Severity.ERROR, "roster-text-too-long", at, length, limit=limit)

    def roster_name_missing(self, at: Place) -> Finding:
        """Report a person without a name."""
        return self._make(Severity.ERROR, "roster-name-missing", at)

    def roster_name_twice(self, at: Place, found: str, first: int) -> Finding:
        """Report two people of one name in one team: their responses could not be told apart."""
        return self._make(Severity.ERROR, "roster-name-twice", at, found, first=first)

    def roster_mail_missing(self, at: Place) -> Finding:
        """Report a person without an address."""
        return self._make(Severity.ERROR, "roster-mail-missing", at)

    def roster_mail_number(self, at: Place, found: str) -> Finding:
        """Report a number in place of an address."""
        return self._make(Severity.ERROR, "roster-mail-number", at, found)

    def roster_mail_several(self, at: Place, found: str) -> Finding:
        """Report several addresses in one cell."""
        return self._make(Severity.ERROR, "roster-mail-several", at, found)

    def roster_mail_dressed(self, at: Place, found: str) -> Finding:
        """Report an address with a name around it, or as a link."""
        return self._make(Severity.ERROR, "roster-mail-dressed", at, found)

    def roster_mail_malformed(self, at: Place, found: str, reason: str) -> Finding:
        """Report what is no address, and why."""
        return self._make(Severity.ERROR, "roster-mail-malformed", at, found, reason=reason)

    def roster_mail_twice(self, at: Place, found: str, first: int) -> Finding:
        """Report an address that an earlier row has too."""
        return self._make(Severity.ERROR, "roster-mail-twice", at, found, first=first)

    def roster_language_unknown(self, at: Place, found: str, known: str) -> Finding:
        """Report a language that nothing is written in."""
        return self._make(Severity.ERROR, "roster-language-unknown", at, found, known=known)

    def roster_target_level(self, at: Place, found: str, known: str) -> Finding:
        """Report a target that is no level of the scheme."""
        return self._make(Severity.ERROR, "roster-target-level", at, found, known=known)

    def roster_target_area(self, at: Place, found: str, known: str) -> Finding:
        """Report a target for an area that the scheme does not have."""
        return self._make(Severity.ERROR, "roster-target-area", at, found, known=known)

    def roster_target_twice(self, at: Place, found: str) -> Finding:
        """Report two different targets for one area."""
        return self._make(Severity.ERROR, "roster-target-twice", at, found)
