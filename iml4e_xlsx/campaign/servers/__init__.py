"""
Holds the connections to mail servers: SMTP to deliver mails, IMAP to find returned ones.

In: a `MailServer` of the settings and a `Login` from the environment or the keyring. Out: a
`Transport` (`Smtp`) and a `MailFolder` (`Mailbox`); an outcome of a mail is `MailRefusal`,
`MailDeferral` or `MailUncertainty`, any other trouble a `MailError`; an `AccountLimit` is a
deferral that holds for all mails. The rooms `send` and `collect` may import this one.
"""
