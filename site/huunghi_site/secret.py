"""The site's secret key when the environment gives none."""

import os
import secrets
import tempfile
from pathlib import Path


def secret_key(folder: Path) -> str:
    """The key kept in `folder/secret-key`; made on the first call, readable by its owner only.

    Raises SystemExit with one sentence when the folder cannot be written.
    """
    file = folder / "secret-key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            _make(file)
        return file.read_text().strip()
    except OSError as error:
        raise SystemExit(
            f"The folder {folder} cannot be written ({error.strerror}). "
            "Make it writable or set HUUNGHI_VAR to a folder that is."
        ) from error


def _make(file: Path) -> None:
    """Of two processes that start together, one makes the key and both read it.

    The key is written under another name first: a file that is created in place can be read before it is filled.
    """
    descriptor, draft = tempfile.mkstemp(dir=file.parent)  # readable by its owner only
    try:
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(50))
        file.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()
