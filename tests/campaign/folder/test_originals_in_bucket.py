"""Originals in a bucket: the library for S3, and a server on loopback that speaks its protocol."""

from __future__ import annotations

import shlex
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.environments import (
    ROOT,
    Environment,
    build_distributions,
    make_environment,
    plain_variables,
)
from tests.support.servers.common import HOST, free_ports, wait_until

pytestmark = pytest.mark.slow
"""See the marks in pyproject.toml."""

_LIBRARIES = ("s3fs", "moto[s3]", "flask", "flask-cors")
_URL = "s3://rounds/spring"
_ADA = "example/returned/2026-11/fraud-detection-ada.xlsx"
_EMIL = "example/returned/2026-11/fraud-detection-emil.xlsx"
_LOGIN = {"AWS_ACCESS_KEY_ID": "someone", "AWS_SECRET_ACCESS_KEY": "open-sesame-4711"}


@dataclass(frozen=True, slots=True)
class Cloud:
    """An environment in which the wheel is installed, and a server with a bucket."""

    environment: Environment
    address: str

    def run(self, line: str, *, login: bool = True, expected: int = 0) -> str:
        """Run a line with the login in its environment, or without any."""
        values = {
            "AWS_ENDPOINT_URL": self.address,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "HOME": str(self.environment.workplace),
            **(_LOGIN if login else {}),
        }
        setting = " ".join(f"{name}={shlex.quote(value)}" for name, value in values.items())
        return " ".join(self.environment.run(f"env {setting} {line}", expected=expected).split())

    def ask(self, code: str) -> str:
        """Run Python with a client of the bucket, as its owner has one."""
        client = "import boto3; s3 = boto3.client('s3'); "
        return self.run(f"python -c {shlex.quote(client + code)}")

    def list_keys(self) -> list[str]:
        """Return the names of everything in the bucket."""
        code = "print(*[o['Key'] for o in s3.list_objects_v2(Bucket='rounds').get('Contents', [])])"
        return self.ask(code).split()

    def keep_at(self, place: str) -> None:
        """Let the campaign keep its originals at a place from now on."""
        path = self.environment.workplace / "autumn" / "campaign.toml"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith("originals = ")]
        path.write_text(f'originals = "{place}"\n' + "".join(kept), encoding="utf-8")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Yield a campaign of one person, with a bucket."""
    folder = tmp_path_factory.mktemp("bucket")
    wheel = build_distributions(folder / "dist", ROOT, "--wheel")[".whl"]
    environment = make_environment(folder / "own")
    environment.install(f"{wheel}[remote]")
    for library in _LIBRARIES:
        environment.install(library)
    (port,) = free_ports(1)
    with subprocess.Popen(
        [environment.folder / "bin" / "moto_server", "-H", HOST, "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=plain_variables(environment.folder / "bin"),
    ) as server:
        try:
            wait_until(lambda: _answers(port), 120, lambda: "the server of buckets does not start")
            cloud = Cloud(environment, f"http://{HOST}:{port}")
            cloud.ask("s3.create_bucket(Bucket='rounds')")
            cloud.run("iml4e demo example")
            cloud.run("iml4e campaign init autumn --name Autumn")
            (environment.workplace / "autumn" / "roster.csv").write_text(
                "name,mail,team\nAda,ada@example.org,A\n", encoding="utf-8"
            )
            cloud.keep_at(_URL)
            cloud.run("iml4e campaign build autumn")
            yield cloud
        finally:
            server.terminate()


def _answers(port: int) -> bool:
    with closing(socket.socket()) as client:
        return client.connect_ex((HOST, port)) == 0


def test_originals_go_to_a_bucket_and_come_back(cloud: Cloud, tmp_path: Path) -> None:
    """Without a login and without the bucket nothing is recorded; all else is as in the folder."""
    place = cloud.environment.workplace
    said = cloud.run(f"iml4e campaign collect {_ADA} -C autumn", login=False, expected=3)
    assert "Unable to locate credentials" in said
    assert "its login set in the environment" in said

    cloud.run(f"iml4e campaign collect {_ADA} -C autumn || true")
    (key,) = cloud.list_keys()
    assert key.startswith("spring/")
    assert not [*(place / "autumn" / "returned").glob("*.xlsx")]
    assert not [*(place / "autumn" / "aside").glob("*.xlsx")]
    assert _URL in cloud.run("iml4e campaign originals -C autumn")
    cloud.run(f"iml4e campaign originals --copy {tmp_path / 'copied'} -C autumn")
    (copied,) = (tmp_path / "copied").rglob("*.xlsx")
    assert copied.read_bytes() == (place / _ADA).read_bytes()

    cloud.keep_at("folder")
    cloud.run("iml4e campaign originals --move -C autumn")
    assert cloud.list_keys() == []
    cloud.keep_at(_URL)
    cloud.run("iml4e campaign originals --move -C autumn")
    assert cloud.list_keys() == [key]

    cloud.run(f"iml4e campaign assign {Path(key).name} ada@example.org -C autumn")
    cloud.ask(f"s3.put_object(Bucket='rounds', Key='spring/another', Body=b'{key}')")
    cloud.run("iml4e campaign forget ada@example.org -C autumn")
    assert cloud.list_keys() == ["spring/another"]


def test_a_bucket_that_is_gone_is_not_taken_for_an_empty_one(cloud: Cloud) -> None:
    """Neither for originals, nor for what is to be erased or collected."""
    cloud.keep_at("s3://elsewhere/spring")
    for line in ("originals", f"collect {_EMIL}"):
        said = cloud.run(f"iml4e campaign {line} -C autumn", expected=3)
        assert "there is no bucket elsewhere" in said
        assert _LOGIN["AWS_SECRET_ACCESS_KEY"] not in said
