"""Mails that workbooks returned with: RFC 822 messages, Outlook's .msg, mboxes."""
