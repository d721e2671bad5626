"""Mails made to harm: each ends in bounded time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import outlook
from tests.support.saved_mails import (
    DELIVERY_STATUS,
    SHEET,
    make_bounce,
    make_part,
)
from tests.support.spending import is_affordable

SECONDS = 5.0
MEGABYTES = 150
MANY = 100_000
SIZE = 20 << 20


def nest_multiparts(depth: int) -> bytes:
    heads = (
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth)
    )
    return b"".join(heads) + b"x\n" * (SIZE // 2)


def repeat_part(line: bytes, count: int, head: bytes = b"b") -> bytes:
    return b'Content-Type: multipart/mixed; boundary="' + head + b'"\n\n' + line * count


def nest_mails(depth: int) -> bytes:
    return b"Content-Type: message/rfc822\n\n" * depth + b"x" * SIZE


def share_stream() -> bytes:
    """Return a saved mail whose attachments all claim the same bytes."""
    files = {f"{n:03}.xlsx": b"" for n in range(300)} | {"z.xlsx": bytes(10 << 20)}
    data = bytearray(outlook.message(files=files).to_bytes())
    name = "__substg1.0_37010102".encode("utf-16-le")
    places, place = [], data.find(name)
    while place >= 0:
        places.append(place)
        place = data.find(name, place + 1)
    largest = max(places, key=lambda at: int.from_bytes(data[at + 120 : at + 124], "little"))
    for place in places:
        data[place + 116 : place + 124] = data[largest + 116 : largest + 124]
    return bytes(data)


HARMFUL_MAILS: dict[str, Callable[[], bytes]] = {
    "one-header-line": lambda: b"Subject: " + b"x" * SIZE,
    "one-header-of-words": lambda: b"Subject: " + b"=?utf-8?q?a?= " * (SIZE // 14),
    "one-folded-header": lambda: b"From: a" + b"\n " * (SIZE // 2),
    "many-headers": lambda: b"a:b\n" * (SIZE // 4),
    "many-senders": lambda: b"From: " + b"a@b," * (SIZE // 4),
    "many-parameters": lambda: b"Content-Type: multipart/mixed" + b';a="' * (SIZE // 4),
    "many-pieces": lambda: make_part(
        "Content-Disposition: attachment" + "".join(f"; filename*{n}*=a" for n in range(MANY))
    ),
    "absurd-piece": lambda: make_part(f"Content-Disposition: a; filename*{'9' * 6000}*=a"),
    "many-parts": lambda: repeat_part(b"--b\n\nx\n", MANY),
    "many-long-headers": lambda: repeat_part(
        b"--b\nContent-Disposition: a; " + b'a=";' * 2000 + b"\n\nx\n", 900
    ),
    "nested-multiparts": lambda: nest_multiparts(1000),
    "nested-as-far-as-allowed": lambda: nest_multiparts(10),
    "nested-mails": lambda: nest_mails(1000),
    "the-same-boundary": lambda: repeat_part(
        b'--b\nContent-Type: multipart/mixed; boundary="b"\n\n', MANY
    ),
    "no-boundary": lambda: repeat_part(b"--\n\n", MANY, head=b""),
    "nearly-boundaries": lambda: repeat_part(b"\n--bbbbbbbbbx", SIZE // 12, head=b"b" * 9),
    "blank-boundaries": lambda: repeat_part(b"\n--b" + b" " * 1000 + b"x", SIZE // 1000),
    "a-long-boundary": lambda: repeat_part(b"\n--" + b"a" * 4000, SIZE // 4000, head=b"a" * 5000),
    "empty-lines": lambda: b"\n" * SIZE,
    "carriage-returns": lambda: b"\r" * SIZE,
    "base64-in-pieces": lambda: make_part(
        "Content-Transfer-Encoding: base64", f"Content-Type: {SHEET}", body=b"A\n" * (SIZE // 2)
    ),
    "base64-of-marks": lambda: make_part(
        "Content-Transfer-Encoding: base64", f"Content-Type: {SHEET}", body=b"=" * SIZE
    ),
    "quoted-equals": lambda: make_part(
        "Content-Transfer-Encoding: quoted-printable", f"Content-Type: {SHEET}", body=b"=" * SIZE
    ),
    "lying-charsets": lambda: repeat_part(
        b"--b\nContent-Disposition: attachment; filename*=punycode''"
        + b"%C3a" * 1800
        + b".xlsx\n\nx\n",
        900,
    ),
    "many-recipients": lambda: make_bounce(b"").replace(
        DELIVERY_STATUS.encode(), b"Final-Recipient: a;a@b\nAction: failed\n\n" * MANY
    ),
    "crowded-directory": lambda: outlook.crowded(300_000),
    "shared-stream": share_stream,
    "too-large": lambda: b"x" * (41 << 20),
}
TOO_LARGE = (
    *("many-parts", "nested-multiparts", "nested-mails", "the-same-boundary"),
    *("crowded-directory", "too-large"),
)
MEASURING_SCRIPT = """
import json, resource, sys, time
from pathlib import Path
from iml4e_xlsx.spreadsheets.refusal import FileRefusal
from iml4e_xlsx.intake.finder import Finder
from iml4e_xlsx.intake.source import Source

def used():
    status = Path("/proc/self/status")  # getrusage counts the process that started this one
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) >> 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 20

path, count, finder = Path(sys.argv[1]), 0, Finder()
list(finder.search_message(b"From: a\\n\\n", "x"))
before, start = used(), time.process_time()
codes = []
for item in finder.find_sources([path]):
    count += 1
    if isinstance(item, Source):
        try:
            item.read()
        except FileRefusal as refused:
            codes.append(refused.code)
    else:
        codes.append(item.failure.code)
print(json.dumps([time.process_time() - start, used() - before, count, sorted(set(codes))]))
"""


@pytest.mark.parametrize("name", HARMFUL_MAILS)
def test_mails_made_to_harm_cost_little(name: str, tmp_path: Path) -> None:
    """Each ends, in time and memory, as a failure of its own; measured in a process of its own."""
    path = tmp_path / "mail.eml"
    path.write_bytes(HARMFUL_MAILS[name]())
    done = subprocess.run(
        [sys.executable, "-c", MEASURING_SCRIPT, path], capture_output=True, text=True, check=True
    )
    seconds, megabytes, count, codes = json.loads(done.stdout)

    assert is_affordable(seconds, SECONDS)
    assert megabytes < MEGABYTES
    assert count >= 1
    assert "defect" not in codes
    if name in TOO_LARGE:
        assert codes == ["too-large"]
