"""Decides which of several versions of a person's workbook counts."""

from __future__ import annotations

import os
import re
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.collect.collector import Collector
from iml4e_xlsx.campaign.people.stages import Stage
from iml4e_xlsx.campaign.round_report import campaign_assessments
from iml4e_xlsx.cli.campaign.collect_messages import (
    notice_lines,
)
from iml4e_xlsx.intake.finder import Finder
from iml4e_xlsx.jobs.results import Results
from iml4e_xlsx.model import RatingValue
from tests.support.campaigns import (
    DAY,
    NOW,
    all_rated,
    collect,
)
from tests.support.collecting import ANN, BEN, STRANGER, Opened, eml
from tests.support.hostile import packed, parts_of
from tests.support.returning import (
    Rounds,
    all_returned,
    filled_of,
    mail,
    originals,
    standing_of,
)


def test_what_came_last_counts(opened: Opened, tmp_path: Path) -> None:
    """By when it came, not by when it was collected; the earlier one is kept."""
    campaign, record = opened
    new, old = (filled_of(campaign, record, ANN, rating) for rating in (3, 1))
    late = eml(tmp_path / "a.eml", ("x.xlsx", new), at=NOW + 2 * DAY, message_id="<2@x>")
    early = eml(tmp_path / "b.eml", ("x.xlsx", old), at=NOW + DAY, message_id="<1@x>")
    collect(campaign, record, late, now=NOW + 3 * DAY)
    collect(campaign, record, early, now=NOW + 3 * DAY)
    standing = standing_of(record, ANN)

    assert standing.response is not None
    assert standing.response.digest == sha256(new).hexdigest()
    assert [one.digest for one in standing.other_files] == [sha256(old).hexdigest()]
    assert sorted(originals(campaign).values()) == sorted([new, old])


def test_a_mail_with_a_date_to_come_does_not_count_for_ever(opened: Opened, tmp_path: Path) -> None:
    """A clock that is a year ahead does not keep later answers from counting."""
    campaign, record = opened
    wrong, right = (filled_of(campaign, record, ANN, rating) for rating in (1, 3))
    ahead = eml(tmp_path / "a.eml", ("x.xlsx", wrong), at=NOW + 365 * DAY, message_id="<1@x>")
    later = eml(tmp_path / "b.eml", ("x.xlsx", right), at=NOW + 2 * DAY, message_id="<2@x>")
    collect(campaign, record, ahead, now=NOW + DAY)
    collect(campaign, record, later, now=NOW + 3 * DAY)
    response_ = standing_of(record, ANN).response

    assert response_ is not None
    assert response_.digest == sha256(right).hexdigest()


def test_an_older_content_counts_again_when_it_is_sent_again(
    opened: Opened, tmp_path: Path
) -> None:
    """By a new mail, also within one run; the same mail found again changes nothing."""
    campaign, record = opened
    first, second = (filled_of(campaign, record, ANN, rating) for rating in (1, 3))
    mails = [
        eml(tmp_path / f"{n}.eml", ("x.xlsx", data), at=NOW + n * DAY, message_id=f"<{n}@x>")
        for n, data in enumerate((first, second, first), start=1)
    ]

    def counting(*paths: Path) -> str:
        collect(campaign, record, *paths, now=NOW + 9 * DAY)
        response_ = standing_of(record, ANN).response
        assert response_ is not None
        return response_.digest

    assert counting(*mails[:2]) == sha256(second).hexdigest()
    assert counting(mails[0]) == sha256(second).hexdigest()
    assert counting(mails[2]) == sha256(first).hexdigest()
    assert len(all_returned(record)) == 2


def test_sent_three_times_at_once_each_mail_is_noted(rounds: Rounds, tmp_path: Path) -> None:
    """Contents that repeat within one run, before the first of them is recorded."""
    with rounds.opened(tmp_path) as (campaign, record):
        first, second = (filled_of(campaign, record, ANN, rating) for rating in (1, 3))
        for n, data in enumerate((first, second, first), start=1):
            eml(tmp_path / f"{n}.eml", ("x.xlsx", data), at=NOW + n * DAY, message_id=f"<{n}@x>")
        collector = Collector(campaign, record, workers=2, now=lambda: NOW + 9 * DAY)
        collector.collect_sources(Finder().find_sources([tmp_path / f"{n}.eml" for n in (1, 2, 3)]))
        response_ = standing_of(record, ANN).response

    assert response_ is not None
    assert response_.digest == sha256(first).hexdigest()
    assert len(response_.deliveries) == 2


def test_an_older_content_that_somebody_else_passes_on_does_not_count(
    opened: Opened, tmp_path: Path
) -> None:
    """Its first arrival counts, whoever sends it later and however often."""
    campaign, record = opened
    first, second = (filled_of(campaign, record, ANN, rating) for rating in (1, 3))
    mails = [
        eml(
            tmp_path / f"{n}.eml",
            ("x.xlsx", data),
            at=NOW + n * DAY,
            message_id=f"<{n}@x>",
            sender=sender,
        )
        for n, (data, sender) in enumerate(
            ((first, ANN), (second, ANN), (first, STRANGER), (first, BEN)), start=1
        )
    ]
    for path in mails:
        done = collect(campaign, record, path, now=NOW + 9 * DAY)
    response_ = standing_of(record, ANN).response

    assert response_ is not None
    assert response_.digest == sha256(second).hexdigest()
    assert done.choices == []


def test_a_change_of_what_counts_is_said(opened: Opened, tmp_path: Path) -> None:
    """Whose, what counts now and what did before; not for a first answer, nor for an empty one."""
    campaign, record = opened
    given: list[dict[str, RatingValue | None] | int] = [{}, 1, 3]
    said = []
    for n, ratings in enumerate(given):
        data = filled_of(campaign, record, ANN, ratings, note="")
        path = eml(tmp_path / f"{n}.eml", (f"{n}.xlsx", data), message_id=f"<{n}@x>")
        os.utime(path, (NOW.timestamp(),) * 2)
        done = collect(campaign, record, path, now=NOW + DAY)
        said.append([*notice_lines(done)])

    one, two = (found.file for found in all_returned(record)[1:])
    assert said[:2] == [[], []]
    now, before = f"2.xlsx (8 of 8 answered, {two})", f"1.xlsx (8 of 8 answered, {one})"
    undo = f"iml4e campaign assign {two} --nobody"
    why = "nothing tells which one is later, and only one can count"
    assert said[2] == [
        f"Ann: {now} counts now instead of {before}: {why}. If that is wrong: {undo}"
    ]


def test_a_colleagues_version_of_somebodys_workbook_is_told(opened: Opened, tmp_path: Path) -> None:
    """Also where both come in one run, and where an older one comes later and does not count."""
    campaign, record = opened
    paths = [
        eml(
            tmp_path / f"{n}.eml",
            (f"{n}.xlsx", filled_of(campaign, record, ANN, n)),
            sender=sender,
            at=NOW + n * DAY,
            message_id=f"<{n}@x>",
        )
        for n, sender in ((1, ANN), (2, ANN), (3, BEN))
    ]
    first = [*notice_lines(collect(campaign, record, *paths[1:], now=NOW + 9 * DAY))]
    second = [*notice_lines(collect(campaign, record, paths[0], now=NOW + 9 * DAY))]
    handles = {one.source: one.handle for one in all_returned(record)}
    bens = f"3.xlsx (8 of 8 answered, {handles['3.xlsx']}, sent by {BEN})"
    undo = f"If that is wrong: iml4e campaign assign {handles['3.xlsx']} --nobody"

    own = f"2.xlsx (8 of 8 answered, {handles['2.xlsx']})"
    older = f"1.xlsx (8 of 8 answered, {handles['1.xlsx']})"
    days = [f"{NOW + n * DAY:%Y-%m-%d %H:%M:%S} UTC" for n in range(4)]
    why, why_older = (f"it came later ({days[3]}, not {days[n]})" for n in (2, 1))
    assert first == [f"Ann: {bens} counts, not {own}: {why}. {undo}"]
    assert second == [f"Ann: {bens} counts, not {older}: {why_older}. {undo}"]


def saved_at(data: bytes, day: int) -> bytes:
    """Return a workbook whose document says that it was saved on another day."""
    parts = parts_of(data)
    core = parts["docProps/core.xml"].decode()
    moment = f"{NOW + day * DAY:%Y-%m-%dT%H:%M:%SZ}"
    core = re.sub(r"(<dcterms:modified[^>]*>)[^<]*", rf"\g<1>{moment}", core)
    return packed({**parts, "docProps/core.xml": core.encode()})


def test_version_that_was_saved_last_counts(opened: Opened, tmp_path: Path) -> None:
    """The order of mails does not decide: both documents say when they were saved."""
    campaign, record = opened
    new = saved_at(filled_of(campaign, record, ANN, 3), -1)
    old = saved_at(filled_of(campaign, record, ANN, 1), -2)
    first = eml(tmp_path / "a.eml", ("new.xlsx", new), at=NOW + DAY, message_id="<1@x>")
    second = eml(tmp_path / "b.eml", ("old.xlsx", old), at=NOW + 2 * DAY, message_id="<2@x>")
    collect(campaign, record, first, now=NOW + 3 * DAY)
    (said,) = notice_lines(collect(campaign, record, second, now=NOW + 3 * DAY))
    response = standing_of(record, ANN).response
    teams = Results.read(tmp_path, schemes=campaign.known_schemes()).teams

    assert response is not None
    assert response.digest == sha256(new).hexdigest()
    assert "new.xlsx" in said.split(" counts, not ")[0]
    assert "it was saved later (" in said
    # outside of the campaign the same one counts
    assert [member.assessment.response.file.digest for member in teams[0].members] == [
        response.digest
    ]


def test_version_that_is_sent_again_counts_whatever_was_saved(
    opened: Opened, tmp_path: Path
) -> None:
    """Who goes back to an older version and sends it once more means it."""
    campaign, record = opened
    old, new = (saved_at(filled_of(campaign, record, ANN, n), n - 4) for n in (1, 3))
    for number, data in enumerate((old, new, old), 1):
        path = tmp_path / f"{number}.eml"
        message = eml(path, ("x.xlsx", data), at=NOW + number * DAY, message_id=f"<{number}@x>")
        collect(campaign, record, message, now=NOW + 9 * DAY)
    response = standing_of(record, ANN).response

    assert response is not None
    assert response.digest == sha256(old).hexdigest()


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("dated", [False, True])
def test_of_several_versions_in_one_mail_the_order_does_not_decide(
    opened: Opened, tmp_path: Path, *, turned: bool, dated: bool
) -> None:
    """The one that was changed last counts, if the mail tells, else that with more answers."""
    campaign, record = opened
    few = dict(list(all_rated(campaign.load_scheme(), 2).items())[:3])
    draft, final = (filled_of(campaign, record, ANN, ratings) for ratings in (few, 3))
    if dated:  # the one with fewer answers is the newer one
        draft, final = final, draft
    message = mail(*[("final.xlsx", final), ("old draft.xlsx", draft)][:: -1 if turned else 1])
    for part in message.iter_attachments():
        if dated:
            day = 2 if part.get_filename() == "final.xlsx" else 1
            part.set_param(
                "modification-date",
                format_datetime(NOW + day * DAY),
                header="Content-Disposition",
                replace=True,
            )
    (tmp_path / "a.eml").write_bytes(message.as_bytes())
    done = collect(campaign, record, tmp_path / "a.eml", now=NOW + 9 * DAY)
    response_ = standing_of(record, ANN).response
    (said,) = notice_lines(done)

    assert response_ is not None
    assert response_.source == "final.xlsx"
    assert said.startswith("Ann: final.xlsx (")
    assert "counts, not old draft.xlsx (" in said


def test_what_is_forwarded_is_as_old_as_its_own_mail(opened: Opened, tmp_path: Path) -> None:
    """A colleague forwards two mails at once: the later of the two counts, in whatever order."""
    campaign, record = opened
    first, second = (filled_of(campaign, record, ANN, rating) for rating in (1, 3))
    outer = mail(sender=BEN, message_id="<outer@x>", at=NOW + 5 * DAY)
    for n, data in ((3, second), (2, first)):
        outer.add_attachment(
            mail(("x.xlsx", data), at=NOW + n * DAY, message_id=f"<{n}@x>"),
        )
    (tmp_path / "a.eml").write_bytes(outer.as_bytes())
    own = filled_of(campaign, record, ANN, 2)
    later = eml(tmp_path / "b.eml", ("x.xlsx", own), at=NOW + 4 * DAY, message_id="<4@x>")
    collect(campaign, record, tmp_path / "a.eml", now=NOW + 9 * DAY)
    forwarded = standing_of(record, ANN).response
    collect(campaign, record, later, now=NOW + 9 * DAY)
    latest = standing_of(record, ANN).response

    assert forwarded is not None
    assert forwarded.digest == sha256(second).hexdigest()
    assert forwarded.received == NOW + 3 * DAY
    assert forwarded.sender == BEN
    assert latest is not None
    assert latest.digest == sha256(own).hexdigest()


def test_a_copy_that_is_saved_later_does_not_count_again(opened: Opened, tmp_path: Path) -> None:
    """A file's date is that of its copy; when it was mailed says more."""
    campaign, record = opened
    first, second = (filled_of(campaign, record, ANN, rating) for rating in (1, 3))
    for n, data in enumerate((first, second), start=1):
        eml(tmp_path / f"{n}.eml", ("x.xlsx", data), at=NOW + n * DAY, message_id=f"<{n}@x>")
    saved = tmp_path / "saved.xlsx"
    saved.write_bytes(first)
    os.utime(saved, ((NOW + 5 * DAY).timestamp(),) * 2)
    collect(campaign, record, saved, tmp_path / "1.eml", tmp_path / "2.eml", now=NOW + 9 * DAY)
    response_ = standing_of(record, ANN).response

    assert response_ is not None
    assert response_.digest == sha256(second).hexdigest()


def test_an_empty_workbook_does_not_displace_an_answer(opened: Opened, tmp_path: Path) -> None:
    """One that was opened, saved and sent again says nothing."""
    campaign, record = opened
    full = filled_of(campaign, record, ANN)
    empty = filled_of(campaign, record, ANN, {}, note="")
    one = eml(tmp_path / "a.eml", ("x.xlsx", full), at=NOW + DAY, message_id="<1@x>")
    two = eml(tmp_path / "b.eml", ("x.xlsx", empty), at=NOW + 2 * DAY, message_id="<2@x>")
    collect(campaign, record, one, two, now=NOW + 3 * DAY)
    standing = standing_of(record, ANN)

    assert standing.stage is Stage.COMPLETE
    assert len(standing.other_files) == 1


def test_workbook_that_was_saved_without_an_entry_is_no_answer(
    opened: Opened, tmp_path: Path
) -> None:
    """It came back and is recorded; the results of the round do not count its owner."""
    campaign, record = opened
    blank = saved_at(filled_of(campaign, record, ANN, {}), 1)
    for number, (data, sender) in enumerate(
        ((blank, ANN), (filled_of(campaign, record, BEN, 2), BEN))
    ):
        path = tmp_path / f"{number}.eml"
        sent = eml(path, ("x.xlsx", data), sender=sender, message_id=f"<{number}@x>")
        collect(campaign, record, sent, now=NOW + DAY)
    assessments = campaign_assessments(campaign, record, now=NOW + DAY)

    assert standing_of(record, ANN).response is not None
    assert [each.result.overall.answered for each in assessments] == [8]
