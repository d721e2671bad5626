"""
Reads mails that workbooks returned with: RFC 822 messages, Outlook's .msg, mbox files.

In: the bytes of a mail or a mailbox, which anybody may have made. Out: a `Mail` with its `Origin`,
its attachments, which are decoded when they are read, and its delivery reports. `intake`, and
the mail servers and the collecting of a campaign, may import this room.
"""
