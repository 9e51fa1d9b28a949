"""The wheel and the source archive, built once, and environments in which only the wheel brings `huunghi`."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.project import copy_project


@dataclass(frozen=True)
class Distribution:
    wheel: Path
    source: Path


@dataclass(frozen=True)
class Environment:
    """A virtual environment of its own. Commands run in it as in a terminal where it is activated."""

    folder: Path
    wheels: Path

    def run(self, command: str, cwd: Path, **variables: str) -> str:
        """The output of a shell command; fails the test with that output when the command fails."""
        environment = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            # pip takes our wheel from here and finds everything that it needs installed: the network is not asked.
            "PIP_FIND_LINKS": str(self.wheels),
            "PIP_NO_INDEX": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            **variables,
        }
        done = subprocess.run(
            ["bash", "-ec", command], cwd=cwd, env=environment, text=True, capture_output=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout


def fresh_environment(folder: Path, wheels: Path) -> Environment:
    """An environment with the locked packages of this one, but nothing of the checkout."""
    venv.create(folder, with_pip=False, symlinks=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    locked = folder / "lib" / version / "site-packages" / "locked-packages.pth"
    locked.write_text(sysconfig.get_path("purelib") + "\n")
    return Environment(folder, wheels)


@pytest.fixture(scope="session")
def distribution(tmp_path_factory):
    """What `make build` makes: the wheel is built from the source archive, so the one is complete when the other is."""
    copy = copy_project(tmp_path_factory.mktemp("project"))
    subprocess.run([sys.executable, "-m", "build"], cwd=copy, check=True, stdout=subprocess.DEVNULL)
    return Distribution(next((copy / "dist").glob("*.whl")), next((copy / "dist").glob("*.tar.gz")))


@pytest.fixture(scope="session")
def environment(distribution, tmp_path_factory):
    """An environment in which the wheel is installed the way a person installs it."""
    made = fresh_environment(tmp_path_factory.mktemp("environment"), distribution.wheel.parent)
    made.run("python -m pip install wagtail-huunghi", cwd=made.folder)
    return made
