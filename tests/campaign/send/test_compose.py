"""Mails: their texts in both languages, their headers, and texts that cannot be filled in."""

from __future__ import annotations

import itertools
import re
import shutil
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import Policy, compat32, default
from email.utils import getaddresses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.campaign.record import mails
from iml4e_xlsx.campaign.record.mails import MailKind
from iml4e_xlsx.campaign.record.people import BuiltWorkbook, Person
from iml4e_xlsx.campaign.send.compose import MailComposer
from iml4e_xlsx.campaign.send.plan import PlannedMail
from iml4e_xlsx.errors import CampaignError
from iml4e_xlsx.model import Profile
from iml4e_xlsx.text.interface_texts import load_texts
from tests.support.campaigns import (
    DAY,
    NOW,
    SENDER,
    Row,
    built_campaign,
    new_campaign,
    rows,
    run,
    write_roster,
)

HEADERS = {
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
}  # fmt: skip
REPLY = {"Reply-To"}
MESSAGE_ID = "<0123456789abcdef@example.org>"
HOSTILE = [
    "a\nBcc: all@example.org",
    "a\r\nBcc: all@example.org",
    "a\rBcc: all@example.org",
    "a\r\n\r\nbody",
    "a\x00b",
    "a\u2028Bcc: all@example.org",
    "a\u2029b",
    "a\x85Bcc: all@example.org",
    "a\x0bb\x0cc\x1cd",
]


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """Return a campaign that no test of this module changes."""
    made = new_campaign(tmp_path_factory.mktemp("letters"), 1)
    (made.folder / "ann.xlsx").write_bytes(b"PK\x03\x04 a workbook")
    return made


@pytest.fixture
def mine(campaign: Campaign, tmp_path: Path) -> Campaign:
    """Return a copy of it that may be changed."""
    shutil.copytree(campaign.folder, tmp_path / "mine")
    return replace(campaign, folder=tmp_path / "mine")


def person(**values: str) -> Person:
    profile = Profile(
        **{
            "respondent": "Ann",
            **{key: values[key] for key in ("respondent", "organisation", "team", "role")
               if key in values},
        }
    )  # fmt: skip
    mail = values.get("mail", "ann@example.org")
    return Person(
        id=1,
        mail=mail,
        address=mail,
        profile=profile,
        targets={},
        extra={"Büro": values.get("extra", "")},
        language=values.get("language", ""),
        workbook_id="ABCDEFGHIJ",
        listed=True,
    )


def planned(one: Person, kind: MailKind, file: str) -> PlannedMail:
    built = BuiltWorkbook(fingerprint="", digest="", file=f"workbooks/{file}")
    return PlannedMail(person=one, built=built, kind=kind, number=1)


def told(campaign: Campaign, **values: object) -> Campaign:
    return replace(campaign, settings=replace(campaign.settings, **values))  # type: ignore[arg-type]


def written(
    campaign: Campaign, one: Person, kind: MailKind = MailKind.INVITATION, file: str = "ann.xlsx"
) -> EmailMessage:
    """Return a mail as it is parsed from its bytes."""
    parsed = message_from_bytes(sent(campaign, one, kind, file), policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def sent(
    campaign: Campaign, one: Person, kind: MailKind = MailKind.INVITATION, file: str = "ann.xlsx"
) -> bytes:
    """Return the bytes of a mail, which are plain ASCII in short lines."""
    data = (campaign.folder / file).read_bytes()
    mail = MailComposer(campaign, NOW.date()).compose_mail(
        planned(one, kind, file), data, message_id=MESSAGE_ID, now=NOW
    )
    data = mail.as_bytes()
    assert data.isascii()
    lines = data.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    return data


def body_of(mail: EmailMessage) -> str:
    part = mail.get_body()
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


def refusal(campaign: Campaign, one: Person | None = None) -> str:
    """Return what checking the mails of a campaign says."""
    with pytest.raises(CampaignError) as caught:
        MailComposer(campaign, NOW.date()).check_texts(
            [one or person()], MailKind.INVITATION, {1: "ann.xlsx"}
        )
    return str(caught.value)


def with_text(campaign: Campaign, text: str | bytes, name: str = "en/invitation.txt") -> Path:
    path = campaign.mail_texts / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", MailKind)
@pytest.mark.parametrize(
    ("team", "organisation", "deadline"),
    list(itertools.product(["", "Fraud"], ["", "ACME"], [None, NOW.date()])),
)
def test_texts_read_well_whatever_is_empty(
    campaign: Campaign,
    language: str,
    kind: MailKind,
    team: str,
    organisation: str,
    deadline: object,
) -> None:
    """What is given is said, and what is not leaves no gap."""
    one = person(language=language, team=team, organisation=organisation)
    letter = MailComposer(told(campaign, deadline=deadline), NOW.date()).fill_text(
        one, kind, "ann.xlsx"
    )
    whole = f"{letter.subject}\n{letter.body}"

    assert "  " not in whole
    assert "\n\n\n" not in whole
    assert not any(mark in whole for mark in (" ,", " .", " :", "{", "}", "None", ", ."))
    assert not letter.subject.rstrip().endswith((",", "for", "für"))
    assert letter.body.startswith("Guten Tag Ann,\n" if language == "de" else "Hello Ann,\n")
    assert letter.body.endswith("\nFay\n")
    assert ("Fraud" in letter.subject) == bool(team)
    day = "23.11.2026" if language == "de" else "23 November 2026"
    assert (day in letter.body) == bool(deadline)
    assert "Round" in letter.subject
    assert "ann.xlsx" in letter.body
    if kind is MailKind.INVITATION:
        assert ("ACME" in letter.body) == bool(organisation)
        assert f"{load_texts()('sheet.cover')}" in letter.body
        assert ("Die Arbeitsmappe ist auf Englisch." in letter.body) == (language == "de")
        assert "The workbook is in" not in letter.body


def test_a_deadline_is_a_day_until_it_has_passed(mine: Campaign) -> None:
    """Texts write it as they like; after the day it is empty."""
    with_text(
        mine, "Subject: x\n\n[{{ deadline }}] {% if deadline %}{{ deadline.year }}{% endif %}"
    )
    one, asked = person(), told(mine, deadline=NOW.date())
    for today, body in ((NOW, "[2026-11-23] 2026\n"), (NOW + DAY, "[] \n")):
        letter = MailComposer(asked, today.date()).fill_text(one, MailKind.INVITATION, "ann.xlsx")
        assert letter.body.split() == body.split()


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", MailKind)
def test_a_text_has_one_voice(campaign: Campaign, language: str, kind: MailKind) -> None:
    """Whoever sends it: we and us, wir and uns."""
    path = campaign.mail_texts / language / f"{kind.value}.txt"
    words = set(re.findall(r"\w+", path.read_text("utf-8")))

    assert not words & {"I", "me", "my", "ich", "Ich", "mir", "mich"}
    assert words & {"us", "uns"}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", MailKind)
def test_a_text_asks_for_the_workbook_itself(
    campaign: Campaign, language: str, kind: MailKind
) -> None:
    """A PDF or a picture of it cannot be read; a reminder is true of one that came back empty."""
    text = (campaign.mail_texts / language / f"{kind.value}.txt").read_text("utf-8")

    assert "PDF" in text
    if kind is MailKind.REMINDER:
        assert {"de": "Ihre ausgefüllte Arbeitsmappe", "en": "your filled-in workbook"}[
            language
        ] in text


def test_a_text_can_say_the_language_of_the_workbook(mine: Campaign) -> None:
    """That of the person if the scheme has it, else the scheme's own."""
    with_text(mine, "Subject: x\n\n{{ workbook_language }}")
    with_text(mine, "Subject: x\n\n{{ workbook_language }}", "de/invitation.txt")
    for language in ("", "en", "de", "xx"):
        one = person(language=language)
        letter = MailComposer(mine, NOW.date()).fill_text(one, MailKind.INVITATION, "ann.xlsx")
        assert letter.body == "en\n"


def test_a_mail_is_whole(campaign: Campaign) -> None:
    """Who it is from and to, when, under which id, and the workbook's very bytes."""
    mail = written(told(campaign, reply_to="answers@example.org"), person(respondent="Ann Other"))
    (attached,) = mail.iter_attachments()

    assert set(mail.keys()) == HEADERS
    assert mail["From"] == f"Fay <{SENDER}>"
    assert mail["To"] == "Ann Other <ann@example.org>"
    assert mail["Reply-To"] == "answers@example.org"
    assert mail["Subject"] == "Round: your workbook"
    assert mail["Message-ID"] == MESSAGE_ID
    assert mail["Date"].datetime == NOW
    assert attached.get_filename() == "ann.xlsx"
    assert attached.get_content() == b"PK\x03\x04 a workbook"
    assert attached.get_content_type().endswith("spreadsheetml.sheet")
    assert body_of(mail).startswith("Hello Ann Other,\n")


@pytest.mark.parametrize(
    "name",
    [
        "Jürgen Groß",
        "李明",
        'Ann, Dr. "The" O\'Neil; (x) <y>',
        "Ñ" * 60,
        "a" * 120,
        "😀",
        '"',
        "a@b",
    ],
)
def test_names_of_any_letters_arrive(mine: Campaign, name: str) -> None:
    """In To, in the subject, in the text, and as the file's name."""
    file = f"{name[:50].replace('/', '-')}.xlsx"
    (mine.folder / file).write_bytes(b"x")
    mail = written(told(mine, sender_name=name, name=name), person(respondent=name), file=file)
    (attached,) = mail.iter_attachments()
    assert unfolded(mail["To"].addresses[0].display_name) == unfolded(name)
    assert mail["To"].addresses[0].addr_spec == "ann@example.org"
    assert unfolded(mail["From"].addresses[0].display_name) == unfolded(name)
    assert mail["Subject"] == f"{name}: your workbook"
    assert f"Hello {name}," in body_of(mail)
    assert attached.get_filename() == file


def with_value(row: Row, column: str, text: str) -> Row:
    values: dict[str, Any] = {column: text}
    return replace(row, **values)


def unfolded(name: str) -> str:
    """Return a name without spaces: the parser puts some between the parts of a long one."""
    return name.replace(" ", "")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("column", ["name", "team", "organisation", "role", "mail", "extra"])
def test_a_roster_that_would_inject_a_header_is_refused(
    mine: Campaign, column: str, text: str
) -> None:
    """Line breaks of any kind and NUL, in every column, also one of the facilitator's own."""
    (row,) = rows(1)
    changed = (
        replace(row, extra={"Büro": text}) if column == "extra" else with_value(row, column, text)
    )
    write_roster(mine.folder, [changed])
    outcome = run("campaign", "build", mine.folder, code=1)

    assert "row 2" in outcome.stderr or "NUL" in outcome.stderr or "U+" in outcome.stderr
    assert not mine.workbooks.exists()


@pytest.mark.parametrize(
    "name",
    [
        "=?utf-8?q?a=0ABcc:_b?=",
        "=?utf-8?q?a=0D=0ABcc:_all@example.org?=",
        "=?utf-8?b?YQ0KQmNjOiBi?=",
        "Ann =?utf-8?q?=0D=0A=0D=0Abody?= Other",
        "=?utf-8?q?a=0A_b?=",
        "=?us-ascii?q?=00=07?=",
        "=?utf-8?q?a=c2=85Bcc:_v=40evil.example?=",
    ],
)
def test_a_header_in_disguise_is_refused(mine: Campaign, name: str) -> None:
    """An encoded word is plain text to a roster, and would be a header of its own in a mail."""
    assert "an encoded word, =?...?=; write it in plain text" in refusal(
        mine, person(respondent=name)
    )
    assert "ann@example.org" in refusal(mine, person(respondent=name))
    assert "an encoded word" in refusal(told(mine, name=name))
    said = refusal(told(mine, sender_name=name))
    assert "[sender]" in said
    assert len(said.splitlines()) == 1


LONG = (
    "Prof. Dr. Maximilian Alexander von Hohenstein-Wittgenstein, Head of Machine Learning, "
    "boss@evil.example, Berlin"
)


@pytest.mark.parametrize("policy", [default, compat32])
@pytest.mark.parametrize(
    "name",
    [
        LONG,
        f"({LONG})",
        LONG.replace(",", ";").replace("boss@evil.example", "<boss@evil.example>"),
        LONG.replace("a", "ä"),
        LONG.replace("Prof.", '\\Prof. "quoted"'),
        "a" * 300 + ", b@c.example",
        "A, b@c.example " * 20,
        "Ünal, b@c.example",
        "Groups: a@b.example, c@d.example;",
    ],
)
def test_a_name_adds_no_address(mine: Campaign, name: str, policy: Policy[Any]) -> None:
    """However long it is and whatever stands in it; every parser reads the one that was meant."""
    name = name.strip()
    data = sent(told(mine, sender_name=name), person(respondent=name))
    read = message_from_bytes(data, policy=policy)
    for header, address in (("To", "ann@example.org"), ("From", SENDER)):
        ((said, found),) = getaddresses([str(read[header])])
        assert found == address
        assert unfolded(str(make_header(decode_header(said)))) == unfolded(name)
    head = data.partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 78


ANYTHING = st.one_of(
    st.sampled_from(
        [
            *HOSTILE,
            "=?utf-8?q?a=0D=0ABcc:_b?=",
            "",
            " ",
            "=?utf-8?q?a=0ABcc:_b?=",
            "\ud800",
            "a" * 500,
            "ä\n ö",
        ]
    ),
    st.text(max_size=30),
    st.text(alphabet='ab \t:<>@,;()."\\é', min_size=60, max_size=200),
    st.text(alphabet='a\r\n \t:\x00\u2028\x85"<>@,;()\\=?é', max_size=30),
)


@hypothesis_settings(max_examples=300, deadline=None)
@given(
    values=st.fixed_dictionaries(
        {
            **dict.fromkeys(("respondent", "team", "organisation", "extra"), ANYTHING),
            "mail": st.one_of(
                st.just("ann@example.org"), ANYTHING, ANYTHING.map("{}@b.org".format)
            ),
        }
    ),
    said=st.fixed_dictionaries(
        {
            "sender_name": ANYTHING,
            "name": ANYTHING,
            "reply_to": st.one_of(st.just(""), ANYTHING, ANYTHING.map("{}@b.org".format)),
        }
    ),
)
@example({"respondent": "a\nBcc: b@c"}, {})
@example({"respondent": "é\nBcc: b@c"}, {})
@example({"mail": "("}, {})
@example({}, {"reply_to": "a@b\nBcc: c@d"})
@example({"respondent": "a" * 70 + "\u2028Bcc: x@y é"}, {"name": "é\u2028Bcc: a"})
def test_no_value_can_add_a_header(
    campaign: Campaign, values: dict[str, str], said: dict[str, str]
) -> None:
    """Even past roster and settings: a mail has its own headers, or it is refused in words."""
    try:
        mail = written(told(campaign, **said), person(**values))
    except CampaignError:
        return
    assert sorted(mail.keys()) == sorted(HEADERS if said.get("reply_to") else HEADERS - REPLY)
    assert len(list(mail.iter_attachments())) == 1
    to = values.get("mail", "ann@example.org")
    assert [one.addr_spec for one in mail["To"].addresses] == [to]
    assert len(mail["From"].addresses) == 1


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
        MailComposer(told(mine, sender_mail=""), NOW.date()).check_texts(
            people, MailKind.INVITATION, {1: "a.xlsx"}
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
        MailComposer(told(mine, **{key: text}), NOW.date()).check_texts(
            [person(), person(respondent="Ben")], MailKind.INVITATION, {1: "ann.xlsx"}
        )


def test_a_person_who_cannot_be_written_to_is_said_first(mine: Campaign) -> None:
    """Each by the address, together with what is wrong besides."""
    with_text(mine, "no subject", "de/invitation.txt")
    people = [person(mail="a b@c"), person(mail="(@x"), person(), person(language="de")]
    with pytest.raises(CampaignError) as caught:
        MailComposer(mine, NOW.date()).check_texts(people, MailKind.INVITATION, {1: "ann.xlsx"})

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
