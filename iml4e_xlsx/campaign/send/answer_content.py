"""Writes what answers to returned files say and what is attached to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePath
from typing import Any, Final, NamedTuple

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.people.counted_responses import score_returned_file
from iml4e_xlsx.campaign.record.mails import MailKind
from iml4e_xlsx.campaign.record.people import Person
from iml4e_xlsx.campaign.send.plan import AnsweredFile, PlannedMail
from iml4e_xlsx.jobs.workbook_repair import repair_assessment
from iml4e_xlsx.model import Answer, Assessment, Scheme
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.report.contents.contents import make_contents
from iml4e_xlsx.report.formats.html import render_person
from iml4e_xlsx.report.formats.reply import (
    advise_on_failure,
    describe_findings,
    list_open_sheets,
)
from iml4e_xlsx.scheme.forms import detach_part, find_form
from iml4e_xlsx.scoring import score
from iml4e_xlsx.text.interface_texts import load_texts
from iml4e_xlsx.text.moments import local_day
from iml4e_xlsx.text.spelling import quote_value


class Attachment(NamedTuple):
    """What is attached to a mail."""

    name: str
    data: bytes
    kind: tuple[str, str]
    params: Mapping[str, str] | None = None


@dataclass
class AnswerWriter:
    """Writes the answers of a campaign; scores each response once."""

    campaign: Campaign
    _assessments: dict[int, Assessment] = field(default_factory=dict)
    _schemes: Schemes | None = None

    def make_values(self, person: Person, answered: AnsweredFile) -> Mapping[str, Any]:
        """Return what the text of an answer may name beside what every text may."""
        file = answered.returned
        values = {
            "returned": local_day(file.received),
            "received_file": quote_value(PurePath(file.source).name),
            "failure": "",
            "findings": "",
            "more": 0,
            "answered": file.answered,
            "statements": file.total,
            "open": file.total - file.answered,
            "open_sheets": "",
            "is_outdated": answered.is_outdated,
        }
        if answered.response is None:
            texts = load_texts(self.campaign.choose_language(person.language))
            failure = file.restore_failure(texts)
            advice = texts("campaign.blank_advice")
            if failure is not None:
                advice = advise_on_failure(failure, texts)
            return {**values, "failure": advice, "findings_language": texts.language}
        assessment = self._assess(answered)
        findings = describe_findings(assessment)
        own = self._assess_scope(person, answered)
        overall = own.result.overall
        return {
            **values,
            "answered": overall.answered,
            "statements": overall.statements,
            "open": overall.statements - overall.answered,
            "findings": findings.text,
            "more": findings.unlisted,
            "open_sheets": list_open_sheets(own),
            "findings_language": load_texts(assessment.scheme.language).language,
        }

    def make_attachment(self, planned: PlannedMail, now: datetime) -> Attachment | None:
        """
        Make what is attached to an answer; None for nothing.

        Raises:
            WorkbookWriteError: If a text exceeds what a workbook can hold.
            ResourceError: If a library that the page needs is not installed.
        """
        answered, name = planned.answered, planned.file_name
        if answered is None or not name:
            return None
        assessment = self._assess(answered)
        if planned.kind is MailKind.RESULT:
            own = self._assess_scope(planned.person, answered)
            page = self._make_page(own, planned.person)
            return Attachment(name, page, ("text", "html"), {"charset": "utf-8"})
        if answered.is_outdated:
            assessment = self._assess_scope(planned.person, answered)
        repaired = repair_assessment(assessment, created=now)
        return Attachment(name, repaired.data, XLSX)

    def _make_page(self, assessment: Assessment, person: Person) -> bytes:
        """
        Return a page with the figures of one person alone: no team, no other round.

        It goes by the person's name: what one member answers is not the team's result.
        """
        response = assessment.response
        profile = replace(response.profile, team=person.name, respondent=person.name)
        own = replace(
            assessment,
            scheme=detach_part(assessment.scheme),
            response=replace(response, profile=profile),
        )
        contents = make_contents([own], title=self.campaign.settings.name, previous=[])
        return render_person(contents).encode()

    def _assess_scope(self, person: Person, answered: AnsweredFile) -> Assessment:
        """Return what a person has answered of what they are asked for by now."""
        assessment = self._assess(answered)
        if answered.is_outdated:
            # It takes the place of their workbook, so that it is known by the same id.
            part = self.campaign.load_form(person)
            return _replace_scheme(assessment, part, workbook_id=person.workbook_id)
        return _narrow(assessment, person)

    def _assess(self, answered: AnsweredFile) -> Assessment:
        file, response = answered.returned, answered.response
        assert response is not None
        if file.id not in self._assessments:
            if self._schemes is None:
                self._schemes = self.campaign.known_schemes()
            self._assessments[file.id] = score_returned_file(file, response, self._schemes)
        return self._assessments[file.id]


def _narrow(assessment: Assessment, person: Person) -> Assessment:
    """Return what a person is asked for by now of what their workbook asked for."""
    scheme, scope = assessment.scheme, person.scope
    if scope is None or scheme.form == scope.form:
        return assessment
    part = find_form(scheme, scope.form)
    if not part.statements.keys() <= scheme.statements.keys():
        return assessment
    return _replace_scheme(assessment, part)


def _replace_scheme(assessment: Assessment, part: Scheme, *, workbook_id: str = "") -> Assessment:
    """Return the answers to the statements of a part; those that nobody was asked for are open."""
    whole = assessment.response
    codes = {area.code for area in part.areas}
    response = replace(
        whole,
        version=part.version,
        answers={id_: whole.answers.get(id_, Answer(statement=id_)) for id_ in part.statements},
        targets={code: level for code, level in whole.targets.items() if code in codes},
        estimates={code: level for code, level in whole.estimates.items() if code in codes},
        workbook_id=workbook_id or whole.workbook_id,
    )
    return replace(assessment, scheme=part, response=response, result=score(response, part))


XLSX: Final = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
"""What a workbook is, as mails say it."""
