"""Finds the accounts that a campaign's servers want a login of, each with all that it opens."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from iml4e_xlsx.campaign.folder.settings import Settings
from iml4e_xlsx.campaign.folder.token_settings import TokenSettings, TokenUse
from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAccount:
    """An account at a provider, and the services that its tokens are for."""

    settings: TokenSettings
    user: str
    uses: tuple[TokenUse, ...]


def find_accounts(settings: Settings) -> list[TokenAccount]:
    """
    Return the accounts that somebody has to log in to.

    Raises:
        MailError: If no service wants a token of a provider.
    """
    accounts: list[TokenAccount] = []
    for server in filter(None, (settings.smtp, settings.imap)):
        if server.tokens is None or server.tokens.command:
            continue
        prefix = f"IML4E_{server.protocol.upper()}"
        user = os.environ.get(f"{prefix}_USER", "") or settings.sender_mail
        if not user:
            raise MailError(MailErrorCode.NO_ACCOUNT, server=server, prefix=prefix)
        _add_use(accounts, server.tokens, user, server.protocol)
    graph = settings.graph
    if graph is not None and not graph.tokens.command:
        _add_use(accounts, graph.tokens, graph.name_user(settings.sender_mail), "graph")
    if not accounts:
        raise MailError(MailErrorCode.NO_OAUTH2)
    return accounts


def _add_use(
    accounts: list[TokenAccount], settings: TokenSettings, user: str, use: TokenUse
) -> None:
    for number, account in enumerate(accounts):
        if (account.settings, account.user) == (settings, user):
            accounts[number] = replace(account, uses=(*account.uses, use))
            return
    accounts.append(TokenAccount(settings=settings, user=user, uses=(use,)))
