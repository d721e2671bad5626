"""A round whose settings name a form: it is built, collected and scored as what it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.campaign.people.status import read_status
from iml4e_xlsx.campaign.people.status_tables import status_document
from iml4e_xlsx.campaign.round_report import campaign_assessments
from iml4e_xlsx.errors import SchemeError
from iml4e_xlsx.scheme import load_scheme
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.builders import regular_table, scheme_fields, write_scheme
from tests.support.campaigns import NOW, answer, build, new_campaign, record_of

SHORT = ["AA-01", "AA-03", "BB-01"]


def test_a_round_of_a_form(tmp_path: Path) -> None:
    """Who answered all that was asked is complete; "Don't know" is open, kept and counted."""
    fields = scheme_fields(regular_table(["AA", "BB"], 2, 2), top=2, dont_know="Don't know")
    scheme = load_scheme(write_scheme(tmp_path / "small", fields | {"forms": {"short": SHORT}}))
    campaign = new_campaign(tmp_path, 2, scheme=scheme, form="short")
    with record_of(campaign) as record:
        build(campaign, record)
        first, second = [one.person.mail for one in read_status(campaign, record, now=NOW).people]
        answer(campaign, record, first)
        answer(campaign, record, second, dict.fromkeys(SHORT, 2) | {"AA-03": "dont know"})

        document = status_document(read_status(campaign, record, now=NOW), load_texts())
        scored = campaign_assessments(campaign, record, now=NOW)

    people = {one["mail"]: one for one in document["persons"]}
    assert [people[mail]["stage"] for mail in (first, second)] == ["complete", "incomplete"]
    assert (people[second]["answered"], people[second]["statements"]) == (2, 3)
    assert people[second]["dont_know"] == 1
    assert {one.scheme.form for one in scored} == {"short"}
    kept = {answer_.rating for one in scored for answer_ in one.response.answers.values()}
    assert kept == {2, 3, "unknown"}


def test_settings_with_a_form_that_the_scheme_lacks(tmp_path: Path) -> None:
    """The build names it, and makes nothing."""
    campaign = new_campaign(tmp_path, 1, form="shrot")
    with record_of(campaign) as record, pytest.raises(SchemeError, match="shrot"):
        build(campaign, record)
