"""TLS for mail servers: certificates are always verified; what is wrong with one is said."""

from __future__ import annotations

import ssl
from pathlib import Path

from iml4e_xlsx.campaign.folder.settings import MailServer
from iml4e_xlsx.errors import MailError


def tls_context(server: MailServer, folder: Path) -> ssl.SSLContext:
    """
    Return the settings of a verified connection.

    Args:
        server: Whose `ca_file` is trusted besides the system's authorities.
        folder: What a relative path of it is relative to.

    Raises:
        MailError: If the file of the authority cannot be read.
    """
    context = ssl.create_default_context()
    if server.ca_file:
        path = folder / server.ca_file
        try:
            context.load_verify_locations(path)
        except OSError as error:  # ssl.SSLError is one
            reason = error.strerror or error
            raise MailError(
                f"{path}, the ca_file under [{server.protocol}], cannot be used ({reason}). It is "
                "to hold certificates as PEM."
            ) from error
    return context


def certificate_error(server: MailServer, error: ssl.SSLCertVerificationError) -> MailError:
    """Return what to say of a certificate that cannot be trusted."""
    reason = error.verify_message or str(error)
    return MailError(
        f"The certificate of {server} cannot be trusted: {reason.rstrip('.')}. Nothing was sent "
        "and no password was given. Write the server's name as its certificate has it, or, for an "
        f"authority of your own, its certificate as ca_file under [{server.protocol}]."
    )
