"""Fixtures that many tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from iml4e_xlsx.model import Scheme
from iml4e_xlsx.reading.identity import Schemes
from iml4e_xlsx.reading.workbook_reader import WorkbookReader
from iml4e_xlsx.scheme import load_scheme
from tests.support import real
from tests.support.browser import Looks, look
from tests.support.builders import small_scheme
from tests.support.office import Office
from tests.support.workers import WorkerPool

pytest_plugins = ["tests.support.servers.fixtures"]


@pytest.fixture(scope="session")
def official() -> Scheme:
    """Return the scheme that ships with the package."""
    return load_scheme("iml4e-mlops")


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    """Return a regular scheme of three areas with three statements at each of four levels."""
    return small_scheme(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    """Return a small scheme whose scale ends with "Don't know"."""
    return small_scheme(tmp_path_factory.mktemp("doubtful"), dont_know="Don't know")


@pytest.fixture(scope="session")
def reader(tmp_path_factory: pytest.TempPathFactory, small: Scheme) -> Iterator[WorkbookReader]:
    """Return a reader that knows the installed schemes and the small one."""
    folder = tmp_path_factory.mktemp("known")
    small_scheme(folder)
    with WorkbookReader(Schemes.find_installed([folder])) as one:
        yield one


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    """Return one running LibreOffice for all tests; without it they fail and say so."""
    with Office() as one:
        yield one


@pytest.fixture(scope="session")
def office_programs() -> None:
    """Let a test start what `tests.support.programs` starts."""


@pytest.fixture(scope="session")
def browser() -> Looks:
    """Return what opens a page in a real browser."""
    return look


@pytest.fixture(scope="session", autouse=True)
def workers(pytestconfig: pytest.Config) -> Iterator[None]:
    """Keep parsing processes from test to test, if told to."""
    if not pytestconfig.getoption("--keep-workers"):
        yield
        return
    pool = WorkerPool()
    with pytest.MonkeyPatch.context() as patch:
        pool.install(patch)
        yield
    pool.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs real programs, by its fixtures."""
    real.mark_items(items)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Hold a test that is not marked to starting none."""
    real.note_test(item)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of these tests."""
    parser.addoption("--update-golden", action="store_true", help="rewrite the reviewed texts")
    parser.addoption(
        "--keep-workers", action="store_true", help="keep parsing processes from test to test"
    )
