"""Certificates of the test servers: one that clients are to trust, and some that they are not."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import trustme

_NAMES = ("localhost", "127.0.0.1", "127.0.0.2")
_PAST = datetime(2001, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Certificates:
    """
    Paths of PEM files: `authority` for clients; the others hold a chain and a key, for servers.

    All but `server` must be refused by a client that trusts `authority` and asks for localhost,
    127.0.0.1 or 127.0.0.2.
    """

    authority: Path
    server: Path
    stranger: Path
    """For localhost, by another authority."""
    expired: Path
    """For localhost, until the year 2001."""
    elsewhere: Path
    """For other.example.com."""

    def server_context(self, certificate: Path | None = None) -> ssl.SSLContext:
        """Return what a server needs to show a certificate; the good one unless told."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate or self.server)
        return context

    def client_context(self) -> ssl.SSLContext:
        """Return what a client needs to trust the authority, and nobody else."""
        return ssl.create_default_context(cafile=str(self.authority))


def make_certificates(folder: Path) -> Certificates:
    """Write an authority and the certificates it and a stranger gave to a folder."""
    authority, stranger = trustme.CA(), trustme.CA()
    made = {
        "server": authority.issue_cert(*_NAMES),
        "stranger": stranger.issue_cert(*_NAMES),
        "expired": authority.issue_cert(*_NAMES, not_after=_PAST),
        "elsewhere": authority.issue_cert("other.example.com"),
    }
    folder.mkdir(parents=True, exist_ok=True)
    authority.cert_pem.write_to_path(folder / "authority.pem")
    for name, certificate in made.items():
        certificate.private_key_and_cert_chain_pem.write_to_path(folder / f"{name}.pem")
    return Certificates(folder / "authority.pem", *(folder / f"{name}.pem" for name in made))
