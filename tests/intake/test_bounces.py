"""Bounces: the people they did not reach; our own workbook in them is not taken."""

from __future__ import annotations

from dataclasses import replace

import pytest

from iml4e_xlsx.intake.mails.mail import DeliveryReport
from iml4e_xlsx.intake.mails.rfc822 import read_message
from tests.support.saved_mails import (
    BOOK,
    make_bounce,
    make_mail,
    make_multipart,
    make_part,
    search_mail,
)


@pytest.mark.parametrize("form", ["message/rfc822", "text/rfc822-headers"])
def test_a_bounce_reports_the_people_it_did_not_reach(form: str) -> None:
    """Failed and delayed ones, with the id of our mail; our own workbook is not taken."""
    data = make_bounce(make_mail(("blank.xlsx", BOOK)).as_bytes(), form)
    first, second = read_message(data).reports

    assert first == DeliveryReport(
        recipient="ann@example.org",
        action="failed",
        status="5.1.1",
        diagnostic="550 5.1.1 <ann@inner.example.org>: no such user",
        original_id="<one@example.org>",
    )
    assert (second.recipient, second.action, second.status) == (
        "bob@example.org",
        "delayed",
        "4.4.1",
    )
    reports: list[DeliveryReport] = []
    assert search_mail(data, on_bounce=reports.append).names == []
    assert [replace(report, origin=None) for report in reports] == [first, second]
    assert all(report.origin is not None and report.origin.is_returned for report in reports)


@pytest.mark.parametrize("line", ["From: Mailer-Daemon@x.example", "Return-Path: <>"])
def test_the_workbook_that_a_plain_bounce_returns_is_not_taken(line: str) -> None:
    """Some servers send no report but only the mail, from nobody."""
    part = make_part(
        "Content-Type: message/rfc822", body=make_mail(("blank.xlsx", BOOK)).as_bytes()
    )

    assert search_mail(make_multipart(part)).names == ["m/#1/blank.xlsx"]
    assert search_mail(make_multipart(part, head=line)).names == []
