"""The site's secret key when the environment gives none."""

import os
import secrets
from pathlib import Path


def secret_key(folder: Path) -> str:
    """The key kept in `folder/secret-key`; made on the first call, readable by its owner only.

    Raises SystemExit with one sentence when the folder cannot be written.
    """
    file = folder / "secret-key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            # O_EXCL: of two processes that start together, one makes the key and the other reads it.
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            pass
        else:
            with os.fdopen(descriptor, "w") as handle:
                handle.write(secrets.token_urlsafe(50))
        return file.read_text().strip()
    except OSError as error:
        raise SystemExit(
            f"The folder {folder} cannot be written ({error.strerror}). "
            "Make it writable or set HUUNGHI_VAR to a folder that is."
        ) from error
