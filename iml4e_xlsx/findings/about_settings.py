"""Makes the findings about the settings of a campaign: `campaign.toml`."""

from __future__ import annotations

from datetime import date

from iml4e_xlsx.findings.catalogue import CatalogueBase
from iml4e_xlsx.findings.finding import Finding, Place, Severity
from iml4e_xlsx.text.message import TextValue


class SettingFindings(CatalogueBase):
    """Makes findings about settings: all are errors, since mails depend on them."""

    __slots__ = ()

    def setting_unreadable(self, place: Place, reason: TextValue) -> Finding:
        """Report a file that cannot be opened."""
        return self._make_finding(Severity.ERROR, "setting-unreadable", place, reason)

    def setting_table_twice(self, place: Place, table: str) -> Finding:
        """Report a table that stands twice, which TOML does not allow."""
        return self._make_finding(Severity.ERROR, "setting-table-twice", place, f"[{table}]")

    def setting_syntax(self, place: Place, reason: TextValue) -> Finding:
        """Report a file that is not TOML."""
        return self._make_finding(Severity.ERROR, "setting-syntax", place, reason)

    def setting_missing(self, place: Place, setting: str) -> Finding:
        """Report a setting that must be there."""
        return self._make_finding(Severity.ERROR, "setting-missing", place, "", setting=setting)

    def setting_not_table(self, place: Place, setting: str) -> Finding:
        """Report a value in place of a table."""
        return self._make_finding(Severity.ERROR, "setting-not-table", place, setting)

    def setting_wrong_type(
        self, place: Place, setting: str, value: str, expected: TextValue
    ) -> Finding:
        """Report a value of the wrong kind."""
        return self._make_finding(
            Severity.ERROR, "setting-wrong-type", place, value, setting=setting, wanted=expected
        )

    def setting_unknown(self, place: Place, setting: str, choices: TextValue) -> Finding:
        """Report a setting that means nothing, and the ones that it may stand for."""
        return self._make_finding(
            Severity.ERROR, "setting-unknown", place, setting, choices=choices
        )

    def setting_misplaced(self, place: Place, setting: str) -> Finding:
        """Report a setting of the whole campaign that stands in a table."""
        return self._make_finding(Severity.ERROR, "setting-misplaced", place, setting)

    def setting_secret(self, place: Place, setting: str) -> Finding:
        """Report a login in a folder that is zipped, mailed and kept; never what it is."""
        return self._make_finding(Severity.ERROR, "setting-secret", place, setting)

    def setting_database_password(self, place: Place, variable: str) -> Finding:
        """Report a password in the address of the database; never what it is."""
        return self._make_finding(
            Severity.ERROR, "setting-database-password", place, "database", variable=variable
        )

    def setting_id(self, place: Place, value: str) -> Finding:
        """Report an id that was changed into something else."""
        return self._make_finding(Severity.ERROR, "setting-id", place, value)

    def setting_control_character(self, place: Place, setting: str) -> Finding:
        """Report a line break or another character that is not shown."""
        return self._make_finding(Severity.ERROR, "setting-control-character", place, setting)

    def setting_number(self, place: Place, setting: str, value: int, limit: int) -> Finding:
        """Report a number below zero or too great."""
        return self._make_finding(
            Severity.ERROR, "setting-number", place, value, setting=setting, limit=limit
        )

    def setting_day(
        self, place: Place, setting: str, value: date, first: date, last: date
    ) -> Finding:
        """Report a day on which no round can be."""
        return self._make_finding(
            Severity.ERROR,
            "setting-day",
            place,
            value.isoformat(),
            setting=setting,
            first=first.isoformat(),
            last=last.isoformat(),
        )

    def setting_mail(self, place: Place, setting: str, value: str) -> Finding:
        """Report a sender that is not one mail address."""
        return self._make_finding(Severity.ERROR, "setting-mail", place, value, setting=setting)

    def setting_mail_letters(self, place: Place, setting: str, value: str) -> Finding:
        """Report letters before the @ that most mail servers refuse."""
        return self._make_finding(
            Severity.ERROR, "setting-mail-letters", place, value, setting=setting
        )

    def setting_copy(self, place: Place, setting: str, value: str, reason: TextValue) -> Finding:
        """Report an address for copies that cannot be written to."""
        return self._make_finding(
            Severity.ERROR, "setting-copy", place, value, setting=setting, reason=reason
        )

    def setting_without_host(self, place: Place) -> Finding:
        """Report that copies of mails are to be kept in a mailbox that is not named."""
        return self._make_finding(Severity.ERROR, "setting-without-host", place, "")

    def setting_outside(self, place: Place, setting: str, value: str) -> Finding:
        """Report a path that leads out of the campaign's folder."""
        return self._make_finding(Severity.ERROR, "setting-outside", place, value, setting=setting)

    def setting_security(self, place: Place, setting: str, value: str) -> Finding:
        """Report a security that does not exist."""
        return self._make_finding(Severity.ERROR, "setting-security", place, value, setting=setting)

    def setting_unencrypted(self, place: Place, setting: str, host: str) -> Finding:
        """Report that passwords would cross the network in the clear."""
        return self._make_finding(
            Severity.ERROR, "setting-unencrypted", place, host, setting=setting
        )

    def setting_originals(self, place: Place) -> Finding:
        """Report a place where originals cannot be kept, or one with a login; never what it is."""
        return self._make_finding(Severity.ERROR, "setting-originals", place, "originals")

    def setting_fewest(self, place: Place, value: int, limit: int) -> Finding:
        """Report that a team of an anonymous round could be one person."""
        return self._make_finding(Severity.ERROR, "setting-fewest", place, value, limit=limit)

    def setting_fewest_of_named(self, place: Place) -> Finding:
        """Report a least number of people in a team of a round that keeps names."""
        return self._make_finding(Severity.ERROR, "setting-fewest-of-named", place, "fewest")

    def setting_provider(self, place: Place, setting: str, value: str) -> Finding:
        """Report a provider of tokens that nobody here can ask."""
        return self._make_finding(Severity.ERROR, "setting-provider", place, value, setting=setting)

    def setting_service(self, place: Place, setting: str) -> Finding:
        """Report an address that a token must not be sent to; never what it is."""
        return self._make_finding(Severity.ERROR, "setting-service", place, setting)

    def setting_authority(self, place: Place, setting: str) -> Finding:
        """Report an address that a refresh token must not be sent to; never what it is."""
        return self._make_finding(Severity.ERROR, "setting-authority", place, setting)

    def setting_proxy(self, place: Place, setting: str) -> Finding:
        """Report an address of a proxy that cannot be used, or holds a login; never what it is."""
        return self._make_finding(Severity.ERROR, "setting-proxy", place, setting)
