"""
The tables of the record, by SQLAlchemy Core; `migrations` makes them, this module names them.

Every table that belongs to a campaign has its id, so that one PostgreSQL database can hold many
campaigns. What can be told apart from a person by nothing but a person's row is deleted with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from iml4e_xlsx.text.spelling import storable_text

REVISION: Final = "0011"
"""The newest migration; a record of another revision is migrated when it is opened."""


class Moment(sa.types.TypeDecorator[datetime]):
    """A moment in UTC: aware in Python, whatever the database makes of it."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Store UTC; SQLite keeps no zone."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Any,  # noqa: ARG002 - SQLAlchemy passes it
    ) -> datetime | None:
        """Return an aware moment."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class StorableText(sa.types.TypeDecorator[str]):
    """Text from anywhere: what a database cannot hold is left out, in each database alike."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(
        self,
        value: str | None,
        dialect: Any,  # noqa: ARG002 - SQLAlchemy passes it
    ) -> str | None:
        """Leave out what not every database holds."""
        return None if value is None else storable_text(value)


class JsonDocument(sa.types.TypeDecorator[Any]):
    """A JSON document with texts from anywhere; see `StorableText`."""

    impl = sa.JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:  # noqa: ARG002 - as above
        """Leave out of each text what not every database holds."""
        return _storable(value)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, Mapping):
        return {_storable(key): _storable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(each) for each in value]
    return value


metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _campaign(*, key: bool = False) -> sa.Column[str]:
    target = sa.ForeignKey("campaigns.id", ondelete="CASCADE")
    return sa.Column("campaign", sa.String(32), target, nullable=False, primary_key=key)


def _of_person(*, required: bool = True) -> sa.Column[int]:
    target = sa.ForeignKey("people.id", ondelete="CASCADE")
    return sa.Column("person", sa.Integer, target, nullable=not required, index=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, StorableText, nullable=False, default="")


campaigns = sa.Table(
    "campaigns",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    _text("name"),
    _text("scheme"),
    _text("version"),
    sa.Column("created", Moment, nullable=False),
    _text("roster_sha256"),
    sa.Column("previous", JsonDocument, nullable=False),
    _text("successor"),
    sa.Column("closed", Moment),
    sa.Column("fewest", sa.Integer),
    sa.Column("promised_fewest", sa.Integer),
)
"""
A campaign; `successor` is the database that its record was copied to, if it was.

`closed` is when the round was made anonymous, `fewest` how many people each of its teams has since
then at least; both are null while it runs. `promised_fewest` is the same number of a round that is
anonymous from its beginning, as it was promised to its people; null for every other round.
"""

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _campaign(),
    sa.Column("key", StorableText, nullable=False),
    _text("mail"),
    _text("address"),
    sa.Column("profile", JsonDocument, nullable=False),
    sa.Column("targets", JsonDocument, nullable=False),
    sa.Column("extra", JsonDocument, nullable=False),
    _text("language"),
    sa.Column("workbook_id", sa.String(16), nullable=False),
    sa.Column("listed", sa.Boolean, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("declined", Moment),
    sa.Column("scope", JsonDocument, nullable=True),
    sa.UniqueConstraint("campaign", "key"),
    sa.UniqueConstraint("campaign", "workbook_id"),
)
"""
Who gets a workbook; `key` is the address as it is compared, `listed` whether in the roster.

`declined` is when it was recorded that the person does not take part; null for everybody else.
`scope` is what the person is asked for: the name of the form or part, and its statements.
"""

attendance = sa.Table(
    "attendance",
    metadata,
    sa.Column(
        "person",
        sa.Integer,
        sa.ForeignKey("people.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    _text("returned"),
    _text("unread"),
    _text("unread_code"),
)
"""
What an anonymous round knows of a person's answers: that there is one, and never what is in it.

`returned` is the day on which a workbook came, `unread` that on which a file came which could not
be read, both in ISO 8601 and empty if none did; `unread_code` is why.
"""

workbooks = sa.Table(
    "workbooks",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _of_person(),
    _text("fingerprint"),
    _text("sha256"),
    _text("file"),
    sa.Column("built", Moment, nullable=False),
)
"""Each workbook that was built, the newest of a person last; `fingerprint` is of what went in."""

mails = sa.Table(
    "mails",
    metadata,
    sa.Column("message_id", StorableText, primary_key=True),
    _campaign(),
    _of_person(),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    _text("words"),
    _text("workbook_sha256"),
    sa.Column("created", Moment, nullable=False),
    sa.Column("changed", Moment, nullable=False),
    _text("about"),
    sa.UniqueConstraint("person", "kind", "number"),
)
"""
Each mail, written down before it leaves. Of a kind, a person's mails are numbered: two processes
that are about to send the same one collide here, and the second lets it be. `about` is the digest
of the file that a mail answers, or the deadline that it names.
"""

returned = sa.Table(
    "returned",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _campaign(),
    sa.Column("sha256", StorableText, nullable=False),
    sa.Column("person", sa.Integer, sa.ForeignKey("people.id", ondelete="SET NULL"), index=True),
    sa.Column("matched", sa.String(16), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    _text("file"),
    _text("source"),
    _text("code"),
    _text("message"),
    sa.Column("details", JsonDocument, nullable=False),
    _text("scheme"),
    _text("version"),
    _text("language"),
    _text("workbook_id"),
    sa.Column("profile", JsonDocument, nullable=False),
    sa.Column("targets", JsonDocument, nullable=False),
    sa.Column("estimates", JsonDocument, nullable=False),
    sa.Column("findings", JsonDocument, nullable=False),
    sa.Column("answered", sa.Integer, nullable=False, default=0),
    sa.Column("total", sa.Integer, nullable=False, default=0),
    sa.Column("dont_know", sa.Integer, nullable=False, default=0),
    sa.Column("collected", Moment, nullable=False),
    _text("saved"),
    _text("form"),
    sa.Column("other_round", JsonDocument),
    sa.UniqueConstraint("campaign", "sha256"),
)
"""
Each file that came back, once by its content; `file` is where the original is kept.

`details` holds the values of the failure `code`. Before revision 0002 the sentence was kept, as
`message`, which is empty ever since. `saved` is when the document was last saved, as it says
itself, in ISO 8601, with its time zone if it names one. `form` is the form of the scheme that the
workbook was; empty if it asked for every statement. `other_round` is the round that the workbook
is of, where that is another one: its name, and whose workbook it is there.
"""

answers = sa.Table(
    "answers",
    metadata,
    sa.Column(
        "returned",
        sa.Integer,
        sa.ForeignKey("returned.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    sa.Column("statement", sa.String(32), primary_key=True),
    sa.Column("rating", sa.Integer),
    sa.Column("applicable", sa.Boolean, nullable=False),
    sa.Column("unknown", sa.Boolean, nullable=False, default=False),
    _text("evidence"),
)
"""
What was answered: a rating, `applicable` false for n/a, or `unknown` true for "Don't know".

Unanswered statements without evidence have no row.
"""

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "returned",
        sa.Integer,
        sa.ForeignKey("returned.id", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column("message_id", StorableText, nullable=False),
    _text("sender"),
    sa.Column("received", Moment, nullable=False),
    sa.Column("modified", Moment),
    sa.Column("thread", StorableText, nullable=False, default="", server_default=""),
    sa.UniqueConstraint("returned", "message_id"),
)
"""
How a file came: by which mail (empty for a file), from whom, when; when it was changed.

`thread` is the Message-ID of our mail that it answers, as far as the mail says.
"""

letters = sa.Table(
    "letters",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _campaign(),
    _of_person(required=False),
    sa.Column("key", sa.String(64), nullable=False),
    sa.Column("message_id", StorableText, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    _text("sender"),
    _text("subject"),
    sa.Column("received", Moment, nullable=False),
    _text("until"),
    sa.Column("handled", Moment),
    sa.UniqueConstraint("campaign", "key"),
)
"""
Each mail that brought no workbook and that a person has to read: never its text.

`key` is a digest of the Message-ID, or of what else tells it from others; `person` whom it is
about, if anybody; `until` the day that an automatic reply names, in ISO 8601, empty if none;
`handled` when somebody saw to it, null until then.
"""

mailboxes = sa.Table(
    "mailboxes",
    metadata,
    _campaign(key=True),
    sa.Column("name", StorableText, primary_key=True),
    sa.Column("validity", sa.BigInteger, nullable=False),
    sa.Column("last", sa.BigInteger, nullable=False),
    sa.Column("link", StorableText),
)
"""How far a mailbox has been looked through: its UIDVALIDITY and last UID (RFC 3501), or a link."""

erased = sa.Table(
    "erased",
    metadata,
    _campaign(key=True),
    sa.Column("sha256", StorableText, primary_key=True),
)
"""Contents that were erased and are not to be collected again."""

originals = sa.Table(
    "originals",
    metadata,
    _campaign(key=True),
    sa.Column("name", StorableText, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
"""The originals of returned files, where the settings keep them in the record."""

original_places = sa.Table(
    "original_places",
    metadata,
    _campaign(key=True),
    sa.Column("url", StorableText, primary_key=True),
)
"""The URLs at which originals may lie; a folder whose settings name another one finds them."""

folders = sa.Table(
    "folders",
    metadata,
    _campaign(key=True),
    sa.Column("id", sa.String(32), primary_key=True),
    _text("host"),
    _text("path"),
    _text("account"),
    sa.Column("used", Moment, nullable=False),
)
"""
The folders that work on the record: the computer, the path and the account that used each last.

A copy of a folder has the same id until both are used; the second one gets an id of its own then.
"""

participation = sa.Table(
    "participation",
    metadata,
    _campaign(key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    _text("organisation"),
    _text("team"),
    sa.Column("asked", sa.Integer, nullable=False),
    sa.Column("answered", sa.Integer, nullable=False),
    sa.Column("declined", sa.Integer, nullable=False),
)
"""How many people of each team of a closed round were asked, have answered, have declined."""

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _campaign(),
    _of_person(required=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    _text("detail"),
)
"""What happened, in order; never a name or an address, which belong to `people` alone."""
