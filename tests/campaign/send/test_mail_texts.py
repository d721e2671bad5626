"""What is wrong with a mail text is said with its place, before anything leaves."""

from __future__ import annotations

import shutil
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record import mails
from iml4e_xlsx.campaign.record.mails import MailKind
from iml4e_xlsx.campaign.send.compose import MailComposer
from iml4e_xlsx.errors import CampaignError
from tests.support.campaigns import (
    NOW,
    built_campaign,
    rows,
    run,
)
from tests.support.composing import (
    body_of,
    person,
    planned,
    refusal,
    told,
    with_text,
    written,
)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Subject: x\n\nHello {{ nmae }}", 3, "'nmae' is undefined"),
        ("Subject: x\n\n\nHello {{ name ", 4, "unexpected end"),
        ("Subject: x\n\n{% if name %}\nHello", 3, "endif"),
        ("Hello\n\nSubject: x", 1, "Subject:"),
        ("Subject:   \n\nHello", 1, "Subject:"),
        ("", 1, "Subject:"),
        ("subject: x\n", 1, "Subject:"),
        ("Subject: {{ name }\n", 1, ""),
        ('Subject: x\n{{ extra["Raum"] }}', 2, "Raum"),
        ("Subject: x\n{{ 1 / 0 }}", 2, "division"),
        ("Subject: x\n{{ name + 1 }}", 2, ""),
        ("Subject: x\n{{ name.index('q') }}", 2, "not found"),
        ("Subject: x\n{{ {}.popitem() }}", 2, ""),
        ("Subject: x\n{{ [1].pop(7) }}", 2, ""),
        ("Subject: x\n{{ name|nofilter }}", 2, "nofilter"),
        ("Subject: x\n{{ range(1000000000) }}", 2, ""),
        ("Subject: x\n{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", 2, ""),
        ("Subject: {{ 'a\\0b' }}\n\nHello", 1, "control character"),
    ],
)
def test_a_text_that_cannot_be_filled_in_is_said_with_its_line(
    mine: Campaign, text: str, line: int, words: str
) -> None:
    """The file and the line, for each way in which people get them wrong."""
    path = with_text(mine, text)
    said = refusal(mine)

    assert f"{path}, line {line}: " in said
    assert words in said
    assert "Correct the text" in said or "write the subject" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    "data", [b"\xff\xfe\x00S\x00u", b"PK\x03\x04\x00\x81\x9d", b"Subject: \xe4\n"]
)
def test_a_file_that_is_no_text_is_said(mine: Campaign, data: bytes) -> None:
    """Another encoding, or a workbook under the text's name."""
    path = with_text(mine, data)

    assert str(path) in refusal(mine)
    assert "UTF-8" in refusal(mine)


@pytest.mark.parametrize("missing", ["file", "folder", "language"])
def test_a_text_that_is_missing_is_said(mine: Campaign, missing: str) -> None:
    """With its path; a language without a folder falls back."""
    if missing == "file":
        (mine.mail_texts / "en" / "invitation.txt").unlink()
    elif missing == "folder":
        shutil.rmtree(mine.mail_texts)
    else:
        (mine.mail_texts / "de" / "invitation.txt").unlink()
    said = refusal(mine, person(language="de" if missing == "language" else ""))

    language = "de" if missing == "language" else "en"
    assert str(mine.mail_texts / language / "invitation.txt") in said
    assert "is missing" in said


def test_a_language_without_texts_falls_back(mine: Campaign) -> None:
    """To the campaign's, and from there to English."""
    letters = MailComposer(told(mine, language="de"), NOW.date())
    assert letters.fill_text(person(language="fr"), MailKind.REMINDER, "f").body.startswith("Guten")
    letters = MailComposer(told(mine, language="fr"), NOW.date())
    assert letters.fill_text(person(), MailKind.REMINDER, "f").body.startswith("Hello")


def test_everything_that_is_wrong_is_said_at_once(mine: Campaign) -> None:
    """The sender, and each text once, for however many people."""
    with_text(mine, "Subject: x\n{{ wrong }}")
    with_text(mine, "no subject", "de/invitation.txt")
    people = [person(), person(), person(language="de")]
    with pytest.raises(CampaignError) as caught:
        MailComposer(told(mine, sender_mail=""), NOW.date()).check_mails(
            [planned(one, MailKind.INVITATION, "a.xlsx") for one in people]
        )
    lines = str(caught.value).splitlines()

    assert len(lines) == 3
    assert "[sender] mail is empty" in lines[0]


@pytest.mark.parametrize("key", ["sender_mail", "reply_to"])
@pytest.mark.parametrize("text", ["a..b@example.org", '"x@example.org', "a@b@c", "(@example.org"])
def test_an_address_that_cannot_stand_in_a_header_is_said_first(
    mine: Campaign, key: str, text: str
) -> None:
    """Before any mail leaves, once for all, and not when the first one's turn comes."""
    with pytest.raises(CampaignError, match=r"campaign.toml: the addresses under \[sender\]"):
        MailComposer(told(mine, **{key: text}), NOW.date()).check_mails(
            [
                planned(one, MailKind.INVITATION, "ann.xlsx")
                for one in (person(), person(respondent="Ben"))
            ]
        )


def test_a_person_who_cannot_be_written_to_is_said_first(mine: Campaign) -> None:
    """Each by the address, together with what is wrong besides."""
    with_text(mine, "no subject", "de/invitation.txt")
    people = [person(mail="a b@c"), person(mail="(@x"), person(), person(language="de")]
    with pytest.raises(CampaignError) as caught:
        MailComposer(mine, NOW.date()).check_mails(
            [planned(one, MailKind.INVITATION, "ann.xlsx") for one in people]
        )

    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.parametrize(
    "attack",
    [
        "{{ name.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''.__class__ }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.environ }}",
        "{{ lipsum.__globals__ }}",
        "{{ extra.__class__.__init__.__globals__ }}",
        "{{ '%s'.format.__self__.__class__ }}",
        "{{ '{0.__class__.__mro__}'.format(name) }}",
        "{{ name|attr('__class__')|attr('__mro__') }}",
        "{% include '../campaign.toml' %}",
        "{% include '../../campaign.toml' %}",
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}{{ os }}",
        "{{ ().__reduce_ex__(2) }}",
        "{{ extra.update({'a': 1}) }}",
        "{{ namespace.__init__.__globals__ }}",
    ],
)
def test_a_text_from_elsewhere_reaches_nothing(mine: Campaign, attack: str) -> None:
    """A campaign's folder may be somebody else's: its texts see their values and no more."""
    with_text(mine, f"Subject: x\n\n{attack}")
    try:
        letter = MailComposer(mine, NOW.date()).fill_text(person(), MailKind.INVITATION, "f.xlsx")
    except CampaignError as error:
        assert "invitation.txt" in str(error)  # noqa: PT017 - refused is as good as empty
    else:
        assert not any(word in letter.body for word in ("class", "object", "root:", "id =", "PATH"))


def test_a_link_out_of_the_folder_leads_nowhere(mine: Campaign, tmp_path: Path) -> None:
    """Neither as a text nor included in one."""
    (tmp_path / "secret.txt").write_text("Subject: x\n\nroot:", encoding="utf-8")
    (mine.mail_texts / "en" / "link.txt").symlink_to(tmp_path / "secret.txt")
    with_text(mine, "Subject: x\n\n{% include 'en/link.txt' %}")
    with pytest.raises(CampaignError, match=r"link\.txt"):
        MailComposer(mine, NOW.date()).fill_text(person(), MailKind.INVITATION, "f.xlsx")

    text = mine.mail_texts / "en" / "invitation.txt"
    text.unlink()
    text.symlink_to(tmp_path / "secret.txt")
    with pytest.raises(CampaignError, match=r"invitation\.txt"):
        MailComposer(mine, NOW.date()).fill_text(person(), MailKind.INVITATION, "f.xlsx")


def test_columns_of_ones_own_can_be_used(tmp_path: Path) -> None:
    """By their heading, as the roster has it."""
    (row,) = rows(1)
    with built_campaign(tmp_path, [replace(row, extra={"Büro": "B 17"})]) as (campaign, _):
        with_text(campaign, 'Subject: x\n\nRoom {{ extra["Büro"] }}')
        out = run("campaign", "send", campaign.folder, "--eml", tmp_path / "drafts")
        (draft,) = (tmp_path / "drafts").iterdir()

    assert "Wrote 1 draft" in out.stdout
    mail = message_from_bytes(draft.read_bytes(), policy=default)
    assert isinstance(mail, EmailMessage)
    assert body_of(mail) == "Room B 17\n"


@pytest.mark.parametrize("how", [[], ["--eml", "drafts"], ["--smtp"]])
def test_nothing_leaves_while_a_text_is_wrong(tmp_path: Path, how: list[str]) -> None:
    """Also where it is wrong for the last person alone."""
    first, last = rows(2)
    given = [first, replace(last, team="")]
    with built_campaign(tmp_path, given, **{"smtp.host": "127.0.0.1", "smtp.login": False}) as (
        campaign,
        record,
    ):
        with_text(campaign, "Subject: x\n{% if not team %}{{ nothing }}{% endif %}")
        words = [str(tmp_path / "drafts") if word == "drafts" else word for word in how]
        outcome = run("campaign", "send", campaign.folder, *words, code=1)
        with record.begin(NOW) as tx:
            from iml4e_xlsx.campaign.record import mails

            assert mails.all_mails(tx) == {}

    assert "invitation.txt, line 2: 'nothing' is undefined" in outcome.stderr
    assert not (tmp_path / "drafts").exists()


def test_message_ids_are_never_the_same(campaign: Campaign) -> None:
    """In the sender's domain, without anything of the person."""
    found = {mails.new_message_id(campaign.settings.sender_mail) for _ in range(50)}

    assert len(found) == 50
    assert all(one.startswith("<") and one.endswith("@example.org>") for one in found)


def test_texts_with_a_mark_and_windows_line_ends(mine: Campaign) -> None:
    """As Notepad saves them."""
    with_text(mine, b"\xef\xbb\xbfSubject: Gr\xc3\xbc\xc3\x9fe\r\n\r\nHello {{ name }}\r\nBye\r\n")
    mail = written(mine, person())

    assert mail["Subject"] == "Grüße"
    assert body_of(mail) == "Hello Ann\nBye\n"


def test_long_lines_and_dots_arrive(mine: Campaign) -> None:
    """What mail servers take apart comes as it was written."""
    text = ".\n..\nFrom here\n" + "ä" * 2000 + "\n" + "x" * 2000
    with_text(mine, f"Subject: x\n\n{text}\n")

    assert body_of(written(mine, person())) == f"{text}\n"


@pytest.mark.parametrize("name", ["/etc/passwd", "../../record.sqlite", "de/nothing.txt"])
def test_what_is_not_a_mail_text_is_not_included(mine: Campaign, name: str) -> None:
    """It is said what is wrong, not only its name."""
    with_text(mine, f"Subject: x\n\n{{% include '{name}' %}}")

    said = refusal(mine)
    assert f"no text {name} can be included" in said
    assert "invitation.txt" in said
