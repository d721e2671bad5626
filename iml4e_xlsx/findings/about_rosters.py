"""Makes the findings about the table of people who are to be asked."""

from __future__ import annotations

from iml4e_xlsx.findings.catalogue import CatalogueBase
from iml4e_xlsx.findings.finding import Finding, Place, Severity
from iml4e_xlsx.text.message import Message, TextValue


class RosterFindings(CatalogueBase):
    """Makes findings about rosters: most are errors, since nobody gets a mail in doubt."""

    __slots__ = ()

    # --- the file ------------------------------------------------------------------------

    def roster_unreadable(self, place: Place, reason: TextValue) -> Finding:
        """Report a file that is not there or cannot be opened."""
        return self._make_finding(Severity.ERROR, "roster-unreadable", place, reason)

    def roster_no_table(self, place: Place, reason: TextValue, formats: TextValue) -> Finding:
        """Report a file that is neither a workbook nor text, or is damaged."""
        return self._make_finding(Severity.ERROR, "roster-no-table", place, reason, formats=formats)

    def roster_encoding(self, place: Place, value: TextValue) -> Finding:
        """Report a byte that is no character in any of the supported encodings."""
        return self._make_finding(Severity.ERROR, "roster-encoding", place, value)

    def roster_encoding_unknown(self, place: Place, values: Message) -> Finding:
        """Report values that are garbled, or may be, since their encoding is not known."""
        return self._make_finding(Severity.ERROR, "roster-encoding-unknown", place, values)

    def roster_encoding_assumed(self, place: Place, values: Message) -> Finding:
        """Report values that were read with an encoding that nothing confirms."""
        return self._make_finding(Severity.WARNING, "roster-encoding-assumed", place, values)

    def roster_quote(self, place: Place) -> Finding:
        """Report a quote that is not closed, or closed before the value's end."""
        return self._make_finding(Severity.ERROR, "roster-quote", place)

    def roster_rows_hidden(self, place: Place, rows: Message) -> Finding:
        """Report rows that a filter or a person has hidden, and that were left out."""
        return self._make_finding(Severity.WARNING, "roster-rows-hidden", place, rows)

    def roster_sheets_hidden(self, place: Place, sheets: Message) -> Finding:
        """Report hidden sheets that stand before the one that was read."""
        return self._make_finding(Severity.WARNING, "roster-sheets-hidden", place, sheets)

    def roster_merged(self, place: Place, cells: Message) -> Finding:
        """Report merged cells: the value may be meant for all, and only the first has it."""
        return self._make_finding(Severity.ERROR, "roster-merged", place, cells)

    def roster_empty(self, place: Place) -> Finding:
        """Report a table that names nobody."""
        return self._make_finding(Severity.ERROR, "roster-empty", place)

    def roster_too_many_rows(self, place: Place, limit: int) -> Finding:
        """Report more people than a round can have."""
        return self._make_finding(Severity.ERROR, "roster-too-many-rows", place, limit=limit)

    # --- headings ------------------------------------------------------------------------

    def roster_no_heading(self, place: Place, value: str, choices: TextValue) -> Finding:
        """Report a first row without any heading of a roster."""
        return self._make_finding(
            Severity.ERROR, "roster-no-heading", place, value, choices=choices
        )

    def roster_column_missing(self, place: Place, column: TextValue) -> Finding:
        """Report a required column that is missing."""
        return self._make_finding(Severity.ERROR, "roster-column-missing", place, column)

    def roster_column_twice(self, place: Place, value: str, first: TextValue) -> Finding:
        """Report two columns with the same meaning, whatever their names."""
        return self._make_finding(Severity.ERROR, "roster-column-twice", place, value, first=first)

    def roster_column_misspelt(self, place: Place, value: str, meant: TextValue) -> Finding:
        """Report a heading that resembles the one of a missing column."""
        return self._make_finding(
            Severity.ERROR, "roster-column-misspelt", place, value, meant=meant
        )

    def roster_outside(self, place: Place, value: str) -> Finding:
        """Report a value in a column without a heading: the row has more cells than headings."""
        return self._make_finding(Severity.ERROR, "roster-outside", place, value)

    # --- values --------------------------------------------------------------------------

    def roster_cell_error(self, place: Place, value: str) -> Finding:
        """Report an error value, for example #REF!."""
        return self._make_finding(Severity.ERROR, "roster-cell-error", place, value)

    def roster_cell_formula(self, place: Place) -> Finding:
        """Report a formula without a stored result: nothing can be read."""
        return self._make_finding(Severity.ERROR, "roster-cell-formula", place)

    def roster_cell_fault(self, place: Place) -> Finding:
        """Report a cell whose content cannot be understood."""
        return self._make_finding(Severity.ERROR, "roster-cell-fault", place)

    def roster_cell_date(self, place: Place, value: str) -> Finding:
        """Report a date in place of text; programs turn an entry such as 10-49 into one."""
        return self._make_finding(Severity.ERROR, "roster-cell-date", place, value)

    def roster_cell_truth(self, place: Place, value: str) -> Finding:
        """Report TRUE or FALSE in place of text."""
        return self._make_finding(Severity.ERROR, "roster-cell-truth", place, value)

    def roster_control_character(self, place: Place, value: str, character: TextValue) -> Finding:
        """Report a line break or another character that controls a program."""
        return self._make_finding(
            Severity.ERROR, "roster-control-character", place, value, character=character
        )

    def roster_letters_lost(self, place: Place, value: str) -> Finding:
        """Report a question mark that a program has written for a letter that it could not save."""
        return self._make_finding(Severity.ERROR, "roster-letters-lost", place, value)

    def roster_text_too_long(self, place: Place, length: int, limit: int) -> Finding:
        """Report a text that is too long for the workbook."""
        return self._make_finding(
            Severity.ERROR, "roster-text-too-long", place, length, limit=limit
        )

    def roster_name_missing(self, place: Place) -> Finding:
        """Report a person without a name."""
        return self._make_finding(Severity.ERROR, "roster-name-missing", place)

    def roster_name_twice(self, place: Place, value: str, first: int) -> Finding:
        """Report two people of one name in one team: their responses could not be told apart."""
        return self._make_finding(Severity.ERROR, "roster-name-twice", place, value, first=first)

    def roster_mail_missing(self, place: Place) -> Finding:
        """Report a person without an address."""
        return self._make_finding(Severity.ERROR, "roster-mail-missing", place)

    def roster_mail_number(self, place: Place, value: str) -> Finding:
        """Report a number in place of an address."""
        return self._make_finding(Severity.ERROR, "roster-mail-number", place, value)

    def roster_mail_several(self, place: Place, value: str) -> Finding:
        """Report several addresses in one cell."""
        return self._make_finding(Severity.ERROR, "roster-mail-several", place, value)

    def roster_mail_dressed(self, place: Place, value: str) -> Finding:
        """Report an address with a name around it, or as a link."""
        return self._make_finding(Severity.ERROR, "roster-mail-dressed", place, value)

    def roster_mail_malformed(self, place: Place, value: str, reason: TextValue) -> Finding:
        """Report a text that is not an address, with the reason."""
        return self._make_finding(
            Severity.ERROR, "roster-mail-malformed", place, value, reason=reason
        )

    def roster_mail_twice(self, place: Place, value: str, first: int) -> Finding:
        """Report an address that another row has already."""
        return self._make_finding(Severity.ERROR, "roster-mail-twice", place, value, first=first)

    def roster_language_unknown(self, place: Place, value: str, choices: TextValue) -> Finding:
        """Report a language that the assessment does not have."""
        return self._make_finding(
            Severity.ERROR, "roster-language-unknown", place, value, choices=choices
        )

    def roster_target_level(self, place: Place, value: str, choices: TextValue) -> Finding:
        """Report a target that is not a level of the scheme."""
        return self._make_finding(
            Severity.ERROR, "roster-target-level", place, value, choices=choices
        )

    def roster_target_area(self, place: Place, value: str, choices: TextValue) -> Finding:
        """Report a target for an area that the scheme does not have."""
        return self._make_finding(
            Severity.ERROR, "roster-target-area", place, value, choices=choices
        )

    def roster_area_unknown(self, place: Place, value: str, choices: TextValue) -> Finding:
        """Report an area of a person that the scheme does not have, or that may be several."""
        return self._make_finding(
            Severity.ERROR, "roster-area-unknown", place, value, choices=choices
        )

    def roster_statement_unknown(self, place: Place, value: str, choices: TextValue) -> Finding:
        """Report a statement of a person that the scheme or form does not have."""
        return self._make_finding(
            Severity.ERROR, "roster-statement-unknown", place, value, choices=choices
        )

    def roster_form_unknown(self, place: Place, value: str, choices: TextValue) -> Finding:
        """Report a form of a person that the scheme does not have."""
        return self._make_finding(
            Severity.ERROR, "roster-form-unknown", place, value, choices=choices
        )

    def roster_without_forms(self, place: Place, value: str) -> Finding:
        """Report a form of a person where the scheme has none at all."""
        return self._make_finding(Severity.ERROR, "roster-without-forms", place, value)

    def roster_target_twice(self, place: Place, value: str) -> Finding:
        """Report two different targets for one area."""
        return self._make_finding(Severity.ERROR, "roster-target-twice", place, value)
