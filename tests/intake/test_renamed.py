"""Workbooks under the names of other files, and files that hide theirs: the content decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from iml4e_xlsx.intake.seals import recognise_seal
from tests.support import outlook
from tests.support.campaigns import run
from tests.support.hostile import packed
from tests.support.saved_mails import (
    BOOK,
    encode_base64,
    make_mail,
    make_multipart,
    make_part,
    search_mail,
    search_paths,
)

PACKAGE = packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
LETTER = packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a/>"})
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
OLD_BOOK = OLE + "Root Entry\0Workbook\0".encode("utf-16-le") + bytes(90)
OLD_LETTER = OLE + "Root Entry\0WordDocument\0Workbook\0".encode("utf-16-le") + bytes(90)
ZIPPED = packed({"team.xlsx": PACKAGE})
NAMES = [
    "team.xlsx.txt",
    "team.doc",
    "team.csv",
    "team.docx",
    "team.odt",
    "team.jar",
    "team.whl",
    "team.bin",
]


@pytest.mark.parametrize("content", [PACKAGE, OLD_BOOK], ids=["xlsx", "xls"])
@pytest.mark.parametrize("name", NAMES)
def test_a_workbook_counts_under_any_name(name: str, content: bytes, tmp_path: Path) -> None:
    """In a folder, in a mail of each format, in a zip, in a zip in a mail."""
    if name in ("team.jar", "team.whl") and content is OLD_BOOK:
        name = "team.ppt"
    (tmp_path / name).write_bytes(content)
    (tmp_path / "x.zip").write_bytes(packed({name: content}))
    mail = make_mail((name, content), ("y.zip", packed({name: content}))).as_bytes()

    assert search_paths(tmp_path).contents == [content, content]
    assert search_mail(mail).contents == [content, content]
    assert search_mail(outlook.message(files={name: content}).to_bytes()).contents == [content]


@pytest.mark.parametrize("name", ["all.txt", "all.doc", "all.dat", "all"])
def test_a_zip_counts_under_any_name(name: str, tmp_path: Path) -> None:
    """In the same places."""
    (tmp_path / name).write_bytes(ZIPPED)
    (tmp_path / "x.zip").write_bytes(packed({name: ZIPPED}))

    assert search_paths(tmp_path).contents == [PACKAGE, PACKAGE]
    assert search_mail(make_mail((name, ZIPPED)).as_bytes()).contents == [PACKAGE]


OTHER_FILES = {
    "letter.docx": LETTER,
    "letter.doc": OLD_LETTER,
    "letter.txt": LETTER,
    "program.jar": packed({"META-INF/MANIFEST.MF": b"x", "A.class": b"x"}),
    "package.whl": packed({"package/cli.py": b"x", "package.dist-info/METADATA": b"x"}),
    "arrays.npz": packed({"arr_0.npy": b"x"}),
    "slides.odp": packed({"mimetype": b"application/vnd.oasis.opendocument.presentation"}),
    "damaged.docx": b"PK\x03\x04 and nothing else",
    "notes.txt": b"hello, all",
    "large.doc": OLE + bytes(21 << 20),
}


@pytest.mark.parametrize("name", OTHER_FILES)
def test_other_documents_are_passed_over(name: str, tmp_path: Path) -> None:
    """By what they are: each is named, and none is a failure."""
    (tmp_path / name).write_bytes(OTHER_FILES[name])
    (tmp_path / "team.xlsx").write_bytes(PACKAGE)
    result = search_paths(tmp_path)

    assert result.names == [f"{tmp_path}/team.xlsx"]
    assert result.other_files == [f"{tmp_path}/{name}"]
    assert result.failures == []


def test_environments_are_named_and_not_searched(tmp_path: Path) -> None:
    """Unless they are what was named."""
    for name in ("venv", "deeper/env"):
        (tmp_path / name / "lib").mkdir(parents=True)
        (tmp_path / name / "pyvenv.cfg").write_bytes(b"home = /usr/bin")
        (tmp_path / name / "lib" / "sample.xlsx").write_bytes(PACKAGE)
    (tmp_path / "team.xlsx").write_bytes(PACKAGE)
    result = search_paths(tmp_path)

    assert result.names == [f"{tmp_path}/team.xlsx"]
    assert result.other_files == [f"{tmp_path}/deeper/env/", f"{tmp_path}/venv/"]
    assert search_paths(tmp_path / "venv").names == [f"{tmp_path}/venv/lib/sample.xlsx"]


def test_attachments_of_a_mail_without_a_workbook_are_named(tmp_path: Path) -> None:
    """A photo of the answers, shown in the text; a mail without attachments has only its name."""
    mail = make_mail()
    mail.add_attachment(b"x", maintype="image", subtype="png", filename="photo.png", cid="<one>")
    (tmp_path / "a.eml").write_bytes(mail.as_bytes())
    (tmp_path / "b.eml").write_bytes(make_mail().as_bytes())
    full = make_mail(("team.xlsx", PACKAGE))
    full.add_attachment(b"x", maintype="image", subtype="png", filename="logo.png", cid="<two>")
    (tmp_path / "c.eml").write_bytes(full.as_bytes())
    result = search_paths(tmp_path)

    assert result.names == [f"{tmp_path}/c.eml/team.xlsx"]
    assert result.other_files == [f"{tmp_path}/a.eml/photo.png", f"{tmp_path}/b.eml"]


TNEF = b"\x78\x9f\x3e\x22" + bytes(100)
ENVELOPED = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03\xa0\x80" + bytes(50)
SIGNED = b"\x30\x82\x0b\x11\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" + bytes(50)
ARMOUR = b"-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n"
SEALED = {
    "ATT00001.dat": (TNEF, "winmail"),
    "team.bin": (TNEF, "winmail"),
    "ATT00002": (TNEF, "winmail"),
    "encrypted.asc": (ARMOUR, "encrypted-mail"),
    "ATT00001.txt": (b"\r\n" + ARMOUR, "encrypted-mail"),
    "team.xlsx.pgp": (b"\x85\x01\x0c\x03" + bytes(80), "encrypted-mail"),
    "team.xlsx.gpg": (b"\xc1\xc0\x4c\x03" + bytes(80), "encrypted-mail"),
    "smime.dat": (ENVELOPED, "encrypted-mail"),
    "ATT00003.bin": (SIGNED, "encrypted-mail"),
    "mail.pem": (b"-----BEGIN PKCS7-----\nMIAG\n", "encrypted-mail"),
}


@pytest.mark.parametrize("name", SEALED)
def test_sealed_files_get_their_advice_under_any_name(name: str, tmp_path: Path) -> None:
    """Wherever they lie: in a mail, in a saved mail, in a folder, in a zip."""
    content, code = SEALED[name]
    (tmp_path / name).write_bytes(content)
    (tmp_path / "x.zip").write_bytes(packed({name: content}))
    mails = (
        make_mail((name, content)).as_bytes(),
        outlook.message(files={name: content}).to_bytes(),
    )
    for result in (search_paths(tmp_path), *map(search_mail, mails)):
        assert result.failures == []
        for source in result.sources:
            with pytest.raises(Exception, match=code):
                source.read()
    assert len(search_paths(tmp_path).sources) == 2
    assert search_paths(tmp_path).other_files == []


def test_signatures_and_keys_seal_nothing() -> None:
    """They come with mails that can be read."""
    for name, head in (
        ("smime.p7s", SIGNED),
        ("signature.asc", b"-----BEGIN PGP SIGNATURE-----\n"),
        ("key.asc", b"-----BEGIN PGP PUBLIC KEY BLOCK-----\n"),
        ("cert.der", b"\x30\x82\x03\x00" + bytes(90)),
        ("notes.pgp", b"hello"),
        ("empty.pgp", b""),
    ):
        assert recognise_seal(name, head) is None, name
    part = make_part(
        "Content-Type: application/octet-stream; name=smime.p7s",
        "Content-Transfer-Encoding: base64",
        body=encode_base64(SIGNED),
    )
    assert search_mail(make_multipart(part)).names == []


PLACEHOLDERS = [".beta.xlsx.icloud", ".Beta.ODS.icloud", ".all.zip.icloud", ".inbox.mbox.icloud"]


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_files_that_icloud_moved_away_are_named(name: str, tmp_path: Path) -> None:
    """In a folder and by themselves; a picture that was moved away is nothing to speak of."""
    (tmp_path / "alpha.xlsx").write_bytes(BOOK)
    (tmp_path / name).write_bytes(b"bplist00")
    (tmp_path / ".photo.jpg.icloud").write_bytes(b"bplist00")
    for paths in ([tmp_path], [tmp_path / "alpha.xlsx", tmp_path / name]):
        result = search_paths(*paths)
        assert result.names == [f"{tmp_path}/alpha.xlsx"]
        assert result.failures == [(f"{tmp_path}/{name}", "not-downloaded")]
        awaited = name[1:].removesuffix(".icloud")
        assert f"{awaited} is not on this disk" in result.messages[0]

    said = run("score", tmp_path, "--format", "json", code=1).output
    assert "Download it" in said
