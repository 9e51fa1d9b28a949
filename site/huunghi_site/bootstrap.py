"""Makes the virtual environment and installs the locked packages into it, with nothing but the standard library.

    python3 site/huunghi_site/bootstrap.py requirements.txt

Does nothing when the environment already holds exactly this lock. Any Python 3 can read this file, so that an old one
gets a sentence instead of a traceback.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)


def suitable_python() -> str:
    """Path of this Python if it is new enough, else of another one here; exits with one sentence if there is none."""
    if sys.version_info[:2] >= OLDEST:
        return sys.executable
    for name in ("python3.12", "python3.11", "python3.13"):
        path = shutil.which(name)
        if path and subprocess.call([path, "-c", "pass"], stderr=subprocess.DEVNULL) == 0:
            return path
    found = ".".join(str(part) for part in sys.version_info[:2])
    sys.exit(f"Python 3.11 or 3.12 is needed, this is {found}. Install one, or name it: make PYTHON=python3.12 demo")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(lock: str) -> None:
    marker = VENV / f"installed-{lock}.sha256"
    wanted = digest(ROOT / lock)
    if marker.exists() and marker.read_text() == wanted:
        return
    python = VENV / "bin" / "python"
    if not python.exists():
        print("1/2 making .venv …", flush=True)
        if subprocess.call([suitable_python(), "-m", "venv", str(VENV)]) != 0:
            sys.exit("The virtual environment could not be made; on Debian install the package python3-venv.")
    print(f"2/2 installing {lock} (about a minute the first time) …", flush=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    if subprocess.call([*pip, "-r", str(ROOT / lock)]) != 0:
        sys.exit("The packages could not be installed; the lines above say why. Nothing outside .venv was changed.")
    marker.write_text(wanted)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name one lock file: requirements.txt or requirements-dev.txt.")
    main(sys.argv[1])
