"""No value adds a header, an address or a body."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import Policy, compat32, default
from email.utils import getaddresses
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from iml4e_xlsx.campaign.folder.campaign import Campaign
from iml4e_xlsx.errors import CampaignError
from tests.support.campaigns import (
    SENDER,
    Row,
    rows,
    run,
    write_roster,
)
from tests.support.composing import (
    HEADERS,
    person,
    refusal,
    sent,
    told,
    unfolded,
    written,
)

REPLY = {"Reply-To"}


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


def with_value(row: Row, column: str, text: str) -> Row:
    values: dict[str, Any] = {column: text}
    return replace(row, **values)


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


@pytest.mark.slow
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
