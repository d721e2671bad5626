"""The wheel in environments of its own: with each extra alone, and without any."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.support.environments import (
    ROOT,
    Environment,
    build_distributions,
    make_environment,
)

pytestmark = pytest.mark.slow

_ADA = "example/returned/2026-11/fraud-detection-ada.xlsx"
_EMIL = "example/returned/2026-11/fraud-detection-emil.xlsx"
_ROUNDS = f"{_ADA} example/returned/2026-05/fraud-detection-ada.xlsx"

BARE = (
    ("iml4e build -o own.xlsx --team Own --target 3", "own.xlsx"),
    (f"iml4e check {_ADA}", ""),
    (f"iml4e check {_ADA} --reply", ""),
    (f"iml4e score {_ADA}", ""),
    (f"iml4e score {_ADA} -o s.json", "s.json"),
    (f"iml4e score {_ADA} -o s.csv", "s.csv"),
    (f"iml4e score {_ADA} -o s.xlsx", "s.xlsx"),
    (f"iml4e compare {_ADA} {_EMIL}", ""),
    (f"iml4e agenda {_ADA} {_EMIL}", ""),
    (f"iml4e roadmap {_ADA}", ""),
    (f"iml4e trend {_ROUNDS}", ""),
    (f"iml4e benchmark {_ADA} {_EMIL}", ""),
    (f"iml4e report {_ADA} {_EMIL} -o r.xlsx", "r.xlsx"),
    (f"iml4e repair {_ADA} -o mended.xlsx", "mended.xlsx"),
    ("iml4e layout", ""),
    ("iml4e scheme list", ""),
    ("iml4e doctor", ""),
    ("iml4e completion bash", ""),
    ("iml4e help score", ""),
)
REPORT = (
    ("iml4e guide -o guide.html", "guide.html"),
    (f"iml4e report {_ADA} {_EMIL} -o r.html", "r.html"),
    (f"iml4e report {_ADA} {_EMIL} -o r.png", "r.png"),
    (f"iml4e score {_ADA} -o s.png", "s.png"),
    (f"iml4e score {_ADA} -o s.svg", "s.svg"),
    (f"iml4e trend {_ROUNDS} -o t.png", "t.png"),
)
PDF = ((f"iml4e report {_ADA} -o r.pdf", "r.pdf"),)
DATA = ((f"iml4e score {_ADA} -o s.parquet", "s.parquet"),)
CAMPAIGN = (
    ("iml4e campaign init autumn --name Autumn", "autumn/campaign.toml"),
    ('sed -i \'s/^mail = ""/mail = "mlops@example.org"/\' autumn/campaign.toml', ""),
    ("printf 'name,mail,team\\nAda,ada@example.org,A\\n' >autumn/roster.csv", ""),
    ("iml4e campaign build autumn", "autumn/workbooks"),
    ("iml4e campaign send autumn --eml drafts", "drafts"),
    (f"iml4e campaign collect autumn {_ADA} || true", ""),
    ("iml4e campaign status autumn", ""),
)
ONLY_LATER = "iml4e campaign status autumn --database postgresql://nobody@127.0.0.1:9/none"
"""What only a server answers: with the driver, the command says that none is there."""

EXTRAS = {
    "report": REPORT,
    "pdf": REPORT[:2] + PDF,
    "data": REPORT[:2] + DATA,
    "campaign": REPORT[:2] + CAMPAIGN,
    "graph": REPORT[:2] + CAMPAIGN,
    "postgresql": REPORT[:2] + CAMPAIGN,
    "oauth": REPORT[:2] + CAMPAIGN,
    "remote": REPORT[:2] + CAMPAIGN,
}
"""The commands of each extra, which are to work when it alone is installed."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel."""
    return build_distributions(tmp_path_factory.mktemp("dist"), ROOT, "--wheel")[".whl"]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, wheel: Path) -> Environment:
    """Return an environment with the wheel alone, in which the demo ran."""
    environment = make_environment(tmp_path_factory.mktemp("bare") / "bare")
    environment.install(str(wheel))
    environment.run("iml4e demo example")
    return environment


def install(wheel: Path, extra: str, bare: Environment, folder: Path) -> Environment:
    """Make an environment with the wheel and an extra, and the demo's workbooks."""
    environment = make_environment(folder / "own")
    environment.install(f"{wheel}[{extra}]" if extra else str(wheel))
    (environment.workplace / "example").symlink_to(bare.workplace / "example")
    return environment


def run_all(environment: Environment, lines: tuple[tuple[str, str], ...]) -> None:
    """Run commands that are to work, and look for what they write."""
    for line, written in lines:
        environment.run(line)
        path = environment.workplace / written
        assert path.is_dir() or not written or path.stat().st_size, line


def test_every_extra_is_tried() -> None:
    """An extra of the package has its commands here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert EXTRAS.keys() | {"dev"} == project["optional-dependencies"].keys()


def test_bare_wheel_does_the_main_job(bare: Environment) -> None:
    """Workbooks, checks, results and tables need no extra."""
    run_all(bare, BARE)


def test_what_a_bare_wheel_refuses_names_the_extra(bare: Environment) -> None:
    """A command without its libraries says which extra brings them, and ends with 3."""
    refused = {"report": REPORT, "pdf": PDF, "data": DATA, "campaign": CAMPAIGN[:1]}
    for extra, lines in (*refused.items(), ("postgresql", ((ONLY_LATER, ""),))):
        for line, _ in lines:
            assert f"pip install 'iml4e-xlsx[{extra}]'" in bare.run(line, expected=3)


def test_the_demo_of_a_bare_wheel_says_what_it_leaves_out(bare: Environment) -> None:
    """Each file that needs an extra has a line, which names it."""
    said = bare.run("iml4e demo again").splitlines()

    left_out = [line for line in said if "iml4e-xlsx[report]" in line]
    assert len(left_out) == 2
    assert "html" in left_out[0]
    assert "radar" in left_out[1]


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_alone_makes_its_commands_work(
    wheel: Path, bare: Environment, tmp_path: Path, extra: str
) -> None:
    """Whoever installs one extra needs no other for what it is for."""
    run_all(install(wheel, extra, bare, tmp_path), EXTRAS[extra])


def test_the_driver_of_postgresql_is_an_extra_of_its_own(
    wheel: Path, bare: Environment, tmp_path: Path
) -> None:
    """Without it the command names it; with it, the command looks for the server."""
    environment = install(wheel, "campaign", bare, tmp_path)
    environment.run("iml4e campaign init autumn --name Autumn")
    assert "iml4e-xlsx[postgresql]" in environment.run(ONLY_LATER, expected=3)

    environment.install(f"{wheel}[postgresql]")

    said = environment.run(ONLY_LATER, expected=3)
    assert "iml4e-xlsx[postgresql]" not in said
    assert "127.0.0.1" in said


def test_the_line_that_an_error_names_installs_what_is_missing(
    wheel: Path, bare: Environment, tmp_path: Path
) -> None:
    """The advice is taken word by word, though the package stands on no index."""
    environment = install(wheel, "", bare, tmp_path)
    line = REPORT[1][0]
    advice = environment.run(line, expected=3).rpartition(": ")[2].strip()
    assert advice.startswith("pip install ")
    environment.install("pip")

    environment.run(f"python -m {advice}")

    environment.run(line)
