"""Secures connections to mail servers by TLS; certificates are always verified."""

from __future__ import annotations

import ssl
from pathlib import Path

from iml4e_xlsx.campaign.folder.mail_server import MailServer
from iml4e_xlsx.errors import MailError
from iml4e_xlsx.findings.error_codes import MailErrorCode


def tls_context(server: MailServer, folder: Path) -> ssl.SSLContext:
    """
    Return the settings of a verified connection.

    Args:
        server: The server; its `ca_file` is trusted besides the system's authorities.
        folder: The folder that a relative path of that file starts from.

    Raises:
        MailError: If the file of the authority cannot be read.
    """
    context = ssl.create_default_context()
    if server.ca_file:
        path = folder / server.ca_file
        try:
            context.load_verify_locations(path)
        except OSError as error:  # ssl.SSLError is one
            raise MailError(
                MailErrorCode.CA_FILE,
                path=path,
                protocol=server.protocol,
                reason=error.strerror or error,
            ) from error
    return context


def certificate_error(server: MailServer, error: ssl.SSLCertVerificationError) -> MailError:
    """Make the error of a certificate that cannot be trusted."""
    reason = error.verify_message or str(error)
    return MailError(
        MailErrorCode.CERTIFICATE,
        server=server,
        protocol=server.protocol,
        reason=reason.rstrip("."),
    )
