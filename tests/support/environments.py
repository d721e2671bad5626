"""Environments of their own, empty at first, in which tests install what is shipped."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
UV = (sys.executable, "-m", "uv")
_OF_TESTS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "COLUMNS", "FORCE_COLOR")
"""Variables of the environment in which the tests run, which would show in another."""


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment of Python: where it lies, and where its commands run."""

    folder: Path
    workplace: Path

    @property
    def python(self) -> Path:
        """Return its interpreter."""
        return self.folder / "bin" / "python"

    def install(self, requirement: str) -> None:
        """Install a requirement, from the cache of uv where it has been installed before."""
        call(*UV, "pip", "install", "--quiet", "--python", self.python, requirement)

    def run(self, line: str, *, expected: int = 0) -> str:
        """Run a line in a shell; return what it says on both outputs, in their order."""
        done = subprocess.run(
            line,
            shell=True,
            cwd=self.workplace,
            env=plain_variables(self.folder / "bin"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == expected, (line, done.returncode, done.stdout)
        assert "Traceback" not in done.stdout, (line, done.stdout)
        return done.stdout


def make_environment(folder: Path) -> Environment:
    """Make an environment with nothing in it."""
    workplace = folder / "workplace"
    workplace.mkdir(parents=True)
    call(*UV, "venv", "--quiet", "--python", sys.executable, folder / "environment")
    return Environment(folder / "environment", workplace)


def build_distributions(folder: Path, source: Path = ROOT, *kinds: str) -> dict[str, Path]:
    """Build from a source what people install; without kinds, an sdist, and from it a wheel."""
    call(*UV, "build", "--quiet", *kinds, "--out-dir", folder, source)
    return {path.suffix: path for path in folder.iterdir() if path.suffix in (".whl", ".gz")}


def plain_variables(programs: Path) -> dict[str, str]:
    """Return variables under which commands are found there first, and none of the tests' own."""
    kept = {name: value for name, value in os.environ.items() if name not in _OF_TESTS}
    own = {str(Path(sys.executable).parent), str(Path(sys.prefix) / "bin")}
    path = [entry for entry in os.environ["PATH"].split(os.pathsep) if entry not in own]
    return {**kept, "PATH": os.pathsep.join([str(programs), *path])}


def call(*words: str | Path) -> None:
    """Run a program; fail with what it said."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
