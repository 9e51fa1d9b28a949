"""Makes the virtual environment and installs the locked packages into it. Standard library only; any Python can read it.

    python3 site/huunghi_site/bootstrap.py requirements.txt

Does nothing when the environment already holds exactly this lock.
"""

import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
VENV = os.path.join(ROOT, ".venv")
OLDEST, NEWEST_TRIED = (3, 11), (3, 12)


def suitable_python():
    """This Python if it is new enough, else another one of this computer; exits with one sentence if there is none."""
    if sys.version_info[:2] >= OLDEST:
        return sys.executable
    for name in ("python3.12", "python3.11", "python3.13"):
        path = shutil.which(name)
        if path and subprocess.call([path, "-c", "pass"], stderr=subprocess.DEVNULL) == 0:
            return path
    sys.exit(
        "Python %d.%d or %d.%d is needed, this is %d.%d. Install one, or name it: make PYTHON=/path/to/python3.12 demo"
        % (OLDEST + NEWEST_TRIED + sys.version_info[:2])
    )


def digest(path):
    with open(path, "rb") as handle:
        return hashlib.sha256(handle.read()).hexdigest()


def main(lock):
    marker = os.path.join(VENV, "installed-" + os.path.basename(lock) + ".sha256")
    wanted = digest(os.path.join(ROOT, lock))
    if os.path.exists(marker):
        with open(marker) as handle:
            if handle.read() == wanted:
                return
    python = os.path.join(VENV, "bin", "python")
    if not os.path.exists(python):
        print("1/2 making .venv …", flush=True)
        if subprocess.call([suitable_python(), "-m", "venv", VENV]) != 0:
            sys.exit("The virtual environment could not be made; on Debian install the package python3-venv.")
    print("2/2 installing %s (about a minute the first time) …" % lock, flush=True)
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"]
    if subprocess.call([*command, os.path.join(ROOT, lock)]) != 0:
        sys.exit("The packages could not be installed; the lines above say why. Nothing outside .venv was changed.")
    with open(marker, "w") as handle:
        handle.write(wanted)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name one lock file: requirements.txt or requirements-dev.txt.")
    main(sys.argv[1])
