"""Lists the codes of the errors that stop a command; their words stand under `errors`."""

from __future__ import annotations

from enum import StrEnum


class CommandErrorCode(StrEnum):
    """Reasons why a command stops before it begins."""

    NO_SMTP_SERVER = "no-smtp-server"  #: The settings name no server to send by.
    NO_GRAPH_MAILBOX = "no-graph-mailbox"  #: The settings name no mailbox of Microsoft 365.


class CampaignErrorCode(StrEnum):
    """Reasons why a campaign's folder cannot be used or made."""

    NOT_A_CAMPAIGN = "not-a-campaign"  #: The folder has no settings.
    CAMPAIGN_EXISTS = "campaign-exists"  #: The folder holds a campaign, which is never replaced.
    CAMPAIGN_FILE_EXISTS = "campaign-file-exists"  #: A file that a new campaign needs is there.
    CAMPAIGN_NAME = "campaign-name"  #: The name is empty or has several lines.
    CAMPAIGN_LANGUAGE = "campaign-language"  #: Neither scheme nor mail texts have the language.
    FILE_OUTSIDE_FOLDER = "file-outside-folder"  #: The record names a file of another folder.
    ROSTER_MISSING = "roster-missing"  #: The roster that the settings name is not there.
    TWO_ROSTERS = "two-rosters"  #: Both rosters name people.
    NO_ROSTER_ROWS = "no-roster-rows"  #: No roster names anybody.
    TEMPLATE_MISSING = "template-missing"  #: A mail text is not there.
    TEMPLATE_ENCODING = "template-encoding"  #: A mail text is not UTF-8.
    TEMPLATE_BROKEN = "template-broken"  #: A mail text cannot be filled in.


class MailErrorCode(StrEnum):
    """Reasons why a mail server cannot be used."""

    CA_FILE = "ca-file"  #: The file of an authority cannot be used.
    CERTIFICATE = "certificate"  #: The server's certificate cannot be trusted.
    NO_USER = "no-user"  #: There is no user name to log in with.
    LOGIN_INCOMPLETE = "no-password"  #: There is no password for the user.
    LOGIN_REFUSED = "login-refused"  #: The server refuses user or password.
    SERVER_ADDRESS = "server-address"  #: The settings name no server that can exist.
    SERVER_UNREACHABLE = "server-unreachable"  #: No connection to the server can be made.
    CONNECTION_ABORTED = "connection-aborted"  #: The server ends the connection at once.
    MAILBOX_FOLDER = "mailbox-folder"  #: The folder of the mailbox cannot be opened.
    MAILBOX_FOLDER_MISSING = "mailbox-folder-missing"  #: The mailbox has no such folder.
    MAILBOX_NUMBERS = "mailbox-numbers"  #: The server numbers mails anew each time.
    MAILBOX_UNREADABLE = "mailbox-unreadable"  #: Mails cannot be looked up or fetched.
    MAILS_NOT_MOVED = "mails-not-moved"  #: Mails cannot be moved to another folder.
    SENDER_REFUSED = "sender-refused"  #: The server takes no mail from the sender.
    ACCOUNT_QUOTA = "account-quota"  #: The account may send no more mails for now.
    ACCOUNT_LIMIT = "account-limit"  #: The account may send no mail, however long one waits.
    NO_STARTTLS = "no-starttls"  #: The server cannot secure the connection.
    NO_LOGIN_METHOD = "no-login-method"  #: The server offers no login by password.
    PASSWORDS_OFF = "passwords-off"  #: The provider takes no passwords any more.
    SMTP_LOGIN_OFF = "smtp-login-off"  #: The provider lets no program log in to send.
    NO_BEARER_METHOD = "no-token-method"  #: The server offers no login by token.
    ACCESS_REFUSED = "token-refused"  #: The server refuses the token.
    NO_ACCOUNT = "no-account"  #: There is no user that a token could be for.
    NO_ACCESS = "no-access-token"  #: There is no token of OAuth2 to log in with.
    NO_APPLICATION = "no-application"  #: The settings name no application to ask for tokens.
    NO_OAUTH2 = "no-oauth2"  #: No server of the settings wants a login at a provider.
    NO_KEYRING = "no-keyring"  #: There is no keyring that a login could be kept in.
    LOGIN_ABORTED = "login-aborted"  #: The login at the provider was not finished.
    LOGIN_ENDED = "login-ended"  #: The provider no longer accepts an earlier login.
    PROVIDER_REFUSAL = "provider-refusal"  #: The provider grants no token.
    PROVIDER_UNREACHABLE = "provider-unreachable"  #: The provider does not answer.
    TENANT_UNKNOWN = "tenant-unknown"  #: The provider knows no such tenant.
    ACCESS_MALFORMED = "token-malformed"  #: What is given as a token cannot be one.
    COMMAND_MISSING = "token-command-missing"  #: The command for tokens cannot be started.
    COMMAND_SLOW = "token-command-slow"  #: The command for tokens takes too long.
    COMMAND_FAILED = "token-command-failed"  #: The command for tokens ends with an error.
    GRAPH_ACCESS_REFUSED = "graph-token-refused"  #: Graph takes the token no more, or not at all.
    GRAPH_DENIED = "graph-permission"  #: The token does not allow what was asked.
    GRAPH_SENDER = "graph-sender"  #: The account may not send as the sender.
    GRAPH_MAILBOX = "graph-mailbox"  #: The mailbox is none that Graph reaches.
    GRAPH_FOLDER = "graph-folder"  #: The folder of the mailbox cannot be opened.
    GRAPH_FOLDER_MISSING = "graph-folder-missing"  #: The mailbox has no such folder.
    GRAPH_STRAYS = "graph-strays"  #: An answer names an address that gets no token.


class OutputErrorCode(StrEnum):
    """Reasons why a file is not written."""

    OUTPUT_EXISTS = "output-exists"  #: The target is there and was not to be replaced.
    OUTPUT_UNWRITABLE = "output-unwritable"  #: The system refuses: disk, permission, name.
    OUTPUT_WITHOUT_FOLDER = "output-without-folder"  #: The folder of the target does not exist.
    OUTPUT_NAMELESS = "output-nameless"  #: The name of the target is empty.
    OUTPUT_IS_FOLDER = "output-is-folder"  #: The target is a folder.
    OUTPUT_NOT_FOLDER = "output-not-folder"  #: A file stands where a folder is to be.
    UNKNOWN_SUFFIX = "unknown-suffix"  #: The target's suffix is of no format that can be written.
    SUFFIX_OF_REPORTS = "suffix-of-reports"  #: Reports have this suffix, and nothing else.
    NO_SUFFIX = "no-suffix"  #: The target has no suffix, and only one would say the format.
    DEMO_FOLDER_USED = "demo-folder-used"  #: Made-up workbooks would mix with real ones.


class RecordErrorCode(StrEnum):
    """Reasons why a campaign's record cannot be used."""

    DATABASE_URL = "database-url"  #: The text is not the URL of a database.
    DATABASE_KIND = "database-kind"  #: The database is neither SQLite nor PostgreSQL.
    DATABASE_FILE = "database-file"  #: The URL of SQLite names no file.
    DATABASE_DRIVER = "database-driver"  #: The library for PostgreSQL is not installed.
    RECORD_UNUSABLE = "record-unusable"  #: The database refuses to be opened, read or written.
    RECORD_DAMAGED = "record-damaged"  #: The file is no database any more, or not all of it.
    RECORD_NEWER = "record-newer"  #: A newer release of this program made the record.
    RECORD_MISSING = "record-missing"  #: The campaign has begun and its record is not there.
    RECORD_MISSING_COPIED = "record-missing-copied"  #: The same, and there is a copy of it.
    RECORD_OLDER = "record-older"  #: A copy in the folder knows of what happened later.
    RECORD_UNFINISHED = "record-unfinished"  #: Making it anew did not come to its end.
    RECORD_PRESENT = "record-present"  #: The record is to be made anew, and is there.
    RECORD_OF_OTHERS = "record-of-others"  #: The campaign has begun; the record lacks it.
    RECORD_SUPERSEDED = "record-superseded"  #: The record was copied; the copy counts.
    SAME_DATABASE = "same-database"  #: The record is to be copied to where it is.
    CAMPAIGN_RECORDED = "campaign-recorded"  #: The target of a copy holds the campaign already.


class OriginalsErrorCode(StrEnum):
    """Reasons why originals cannot be kept or found where the settings say."""

    LIBRARY = "originals-library"  #: The library for this kind of URL is not installed.
    KIND = "originals-kind"  #: No library knows this kind of URL.
    UNREACHABLE = "originals-unreachable"  #: The place refuses, or cannot be reached.
    UNMOUNTED = "originals-unmounted"  #: The folder that was made there is not there now.
    NO_BUCKET = "originals-no-bucket"  #: The bucket is not there, or not under this name.
    NOT_READ_BACK = "originals-not-read-back"  #: What was copied there is not what was sent.


class ReportErrorCode(StrEnum):
    """Reasons why results are not shown as asked."""

    NO_RESULT = "no-result"  #: None of the files could be read.
    GROUPS_TOO_SMALL = "groups-too-small"  #: No group has as many people as are shown at least.
    UNKNOWN_PROFILE = "unknown-profile"  #: The scheme has other reference profiles.
    UNKNOWN_SOURCE = "unknown-source"  #: The scheme does not name this source.
    NO_SOURCES = "no-sources"  #: The scheme names no source at all.
    NO_PROFILES = "no-profiles"  #: The scheme has no reference profile at all.
    NOTHING_TO_DRAW = "nothing-to-draw"  #: A chart of no results was asked for.
    SCHEME_NOT_GIVEN = "scheme-not-given"  #: Results were to be drawn without their scheme.
    LIBRARY_MISSING = "library-missing"  #: A library of an extra is not installed.
    PDF_LIBRARY_MISSING = "pdf-library-missing"  #: Neither is what lays out pages.


class ReadingErrorCode(StrEnum):
    """Reasons why workbooks are not read at all, whatever is in them."""

    READER_NOT_STARTED = "reader-not-started"  #: The system refuses to start the parsing process.
    READER_ENDED = "reader-ended"  #: The parsing process ended before it took a file.
    UNKNOWN_LIMIT = "unknown-limit"  #: A setting names no limit.
    LIMIT_AMOUNT = "limit-amount"  #: A setting has no amount for a limit.


class WorkbookErrorCode(StrEnum):
    """Reasons why a workbook is not built."""

    TEXT_TOO_LONG = "text-too-long"  #: A cell has no room for its text.
    FORMAT_LIMIT = "format-limit"  #: Something else exceeds a limit of Excel's format.
    WORKBOOK_REFUSED = "workbook-refused"  #: The writing library refuses or leaves something out.


class RoundErrorCode(StrEnum):
    """Reasons why a round's workbooks are not built, files not collected, results not shown."""

    NO_MAILBOX_SETTINGS = "no-mailbox-settings"  #: The settings name no IMAP server.
    UNKNOWN_LANGUAGE = "unknown-language"  #: Neither the scheme nor the mail texts are in it.
    ROSTER_OLDER = "roster-older"  #: The workbooks were built from a roster that is newer.
    ROSTER_READDRESSED = "roster-readdressed"  #: The roster has an address that was corrected.
    ROSTER_BEHIND = "roster-behind"  #: Another folder was built from a roster unknown here.
    PREVIOUS_UNREADABLE = "previous-unreadable"  #: A file of a previous round cannot be read.
    PREVIOUS_EMPTY = "previous-empty"  #: A previous round has no result.
    PREVIOUS_MOVED = "previous-moved"  #: The previous round of the last build cannot be read now.
    PREVIOUS_UNDATED = "previous-undated"  #: No loose workbook of a previous round has a date.
    NO_ROUND_RESULT = "no-round-result"  #: No response was collected that could be read.
    ROUND_CLOSED = "round-closed"  #: The round was closed: nobody is known any more.
    ROUND_ANONYMOUS = "round-anonymous"  #: The round is anonymous and not closed yet.
    ROUND_HAS_NAMES = "round-has-names"  #: A round with names is to become an anonymous one.
    PROMISE_CHANGED = "promise-changed"  #: An anonymous round is to become another one.
    MAILS_STAY = "mails-stay"  #: Mails of an anonymous round are to be moved away.
    PARTS_TELL_PEOPLE = "parts-tell-people"  #: People of an anonymous round are asked for parts.
    COPIES_TELL_ANSWERS = "copies-tell-answers"  #: Mails of an anonymous round have copies.


class PeopleErrorCode(StrEnum):
    """Reasons why a response that counts cannot be scored."""

    RESPONSE_SCHEME_MISSING = "response-scheme-missing"  #: Its scheme is not installed any more.


class SendErrorCode(StrEnum):
    """Reasons why mails are not planned, composed, sent or settled."""

    ADDRESS_NOT_IN_ROSTER = "address-not-in-roster"  #: A person was named who gets no mail here.
    AGAIN_UNKNOWN = "again-unknown"  #: Neither an address nor a word for the state of a mail.
    ROSTER_CHANGED = "roster-changed"  #: The roster differs from the one that was built from.
    WORKBOOKS_MISSING = "workbooks-missing"  #: Workbooks are not there as they were built.
    PLANNED_WORKBOOK_UNREADABLE = "planned-workbook-unreadable"  #: It cannot be read any more.
    PLANNED_WORKBOOK_CHANGED = "planned-workbook-changed"  #: It was built anew since planning.
    PLANNED_PERSON_CHANGED = "planned-person-changed"  #: The address changed, or nobody is left.
    PLANNED_ANSWER_CHANGED = "planned-answer-changed"  #: The file is not theirs any more.
    SENDER_MISSING = "sender-missing"  #: The settings name no sender.
    SENDER_UNWRITABLE = "sender-unwritable"  #: The sender's address cannot stand in a header.
    MAIL_UNWRITABLE = "mail-unwritable"  #: A person's name or address cannot stand in a header.
    SUBJECT_MISSING = "subject-missing"  #: A mail text does not begin with its subject.
    SUBJECT_UNPRINTABLE = "subject-unprintable"  #: The subject holds a control character.
    NO_DEADLINE_AHEAD = "no-deadline-ahead"  #: There is no deadline to come that mails could name.
    NO_OPEN_MAIL = "no-open-mail"  #: There is no uncertain mail and no draft to settle.


class CorrectionErrorCode(StrEnum):
    """Reasons why files, letters, people and addresses are not corrected."""

    ADDRESS_UNKNOWN = "address-unknown"  #: Nobody in the campaign has the address.
    ADDRESS_INVALID = "address-invalid"  #: The new address is none.
    NOT_AN_ADDRESS = "not-an-address"  #: The text has no @.
    FILE_UNKNOWN = "file-unknown"  #: No file that came back is called so.
    FILE_AMBIGUOUS = "file-ambiguous"  #: Several files that came back are called so.
    FILE_OF_OTHER_SCHEME = "file-of-other-scheme"  #: It cannot be an answer in this campaign.
    FILE_IS_ANSWER = "file-is-answer"  #: A person's answer is not dismissed.
    HAS_ANSWERED = "has-answered"  #: The person has an answer that counts, so it is no decline.
    HAS_RETURNED = "has-returned"  #: The same in an anonymous round.
    LETTER_UNKNOWN = "letter-unknown"  #: No letter is called so.
    LETTER_AMBIGUOUS = "letter-ambiguous"  #: Several letters are called so.
    BUILD_PENDING = "build-pending"  #: Roster and record may know a person by two addresses.
    FILES_UNRECORDED = "files-unrecorded"  #: Files are there of which nobody knows the owner.
    FILES_DOUBTFUL = "files-doubtful"  #: Files aside have the person's name.
    ADDRESS_IN_USE = "address-in-use"  #: Somebody was mailed there or has answered from there.
    ADDRESSES_LISTED = "addresses-listed"  #: Both addresses are in the roster.
    NAMES_DIFFER = "names-differ"  #: The two addresses belong to people of different names.
    NO_ANSWER_SOURCES = "no-answer-sources"  #: Nobody said where an anonymous round's answers are.
    ANSWERS_MISSING = "answers-missing"  #: Not all workbooks of an anonymous round are there.
    ANSWERS_THERE = "answers-there"  #: No workbook is missing, and one was to be left out.
    FEWEST_PROMISED = "fewest-promised"  #: Another least number of people was promised.
    NOTHING_TO_CLOSE = "nothing-to-close"  #: Nothing was built yet.
    ORIGINALS_UNRECORDED = "originals-unrecorded"  #: Files are there that are in no result.


class TargetErrorCode(StrEnum):
    """Reasons why target levels cannot be used."""

    UNKNOWN_LEVEL = "unknown-level"  #: The scheme has no such level.
    UNKNOWN_AREA = "unknown-area"  #: The scheme has no such area.
    AMBIGUOUS_AREA = "ambiguous-area"  #: Several areas begin like that.
    CONTRADICTION = "target-contradiction"  #: One text has two levels for an area.


ErrorCode = (
    CommandErrorCode
    | OutputErrorCode
    | ReportErrorCode
    | ReadingErrorCode
    | WorkbookErrorCode
    | RoundErrorCode
    | PeopleErrorCode
    | SendErrorCode
    | CorrectionErrorCode
    | TargetErrorCode
    | CampaignErrorCode
    | MailErrorCode
    | RecordErrorCode
    | OriginalsErrorCode
)
"""Every code that an error can have; add the codes of a subject as a class of their own."""
