"""Recognises content that hides its files from us, by its first bytes: TNEF, S/MIME, OpenPGP."""

from __future__ import annotations

from typing import Final

from iml4e_xlsx.findings.failure import FailureCode

_TNEF: Final = b"\x78\x9f\x3e\x22"
_PGP_TEXT: Final = b"-----BEGIN PGP MESSAGE-----"
_PGP_SUFFIXES: Final = (".pgp", ".gpg")
_SIGNATURE_SUFFIXES: Final = (".p7s", ".sig")
_PGP_PACKETS: Final = frozenset({0x84, 0x85, 0x8C, 0xA8, 0xA9, 0xC1, 0xC3, 0xD2})
"""First bytes of messages: a key's or a password's packet, or what they protect (RFC 4880)."""

_SEALING_OIDS: Final = (
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02",
    b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03",
    b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01\x17",
)
"""How a CMS object says that it is signed, encrypted, or both (RFC 5652, 5083)."""

_SEQUENCE: Final = b"\x30"
_OID_ROOM: Final = 24
_PEM: Final = (b"-----BEGIN PKCS7-----", b"-----BEGIN CMS-----")
_ARMOUR_ROOM: Final = 1 << 10


def recognise_seal(name: str, head: bytes) -> FailureCode | None:
    """
    Return the code of the advice on a file that cannot be looked into; None for all others.

    Args:
        name: Its name. OpenPGP's packets have no signature of their own, so it has to say that.
        head: Its first bytes.
    """
    if head.startswith(_TNEF):
        return FailureCode.WINMAIL
    called = name.lower()
    if called.endswith(_SIGNATURE_SUFFIXES):
        return None
    text = head[:_ARMOUR_ROOM].lstrip(b"\xef\xbb\xbf \t\r\n")
    is_message = (
        text.startswith((_PGP_TEXT, *_PEM))
        or (called.endswith(_PGP_SUFFIXES) and head[:1] and head[0] in _PGP_PACKETS)
        or (head.startswith(_SEQUENCE) and any(oid in head[:_OID_ROOM] for oid in _SEALING_OIDS))
    )
    return FailureCode.ENCRYPTED_MAIL if is_message else None
