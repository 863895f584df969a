"""Files that nobody else on the machine may read: the log tells of private repositories."""

import os
import stat
from contextlib import suppress
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_BESIDE = ("", "-wal", "-shm", "-journal")  # what SQLite keeps with a database


def make_private_file(file: Path) -> None:
    """Make a file that nobody else may read, unless it is there; SQLite says where none can be."""
    with suppress(OSError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def keep_database_private(file: Path) -> None:
    """Take the right to read an SQLite database from all others; what is not ours stays as it is.

    Only of what SQLite itself found to be one: a path may be mistaken. The file is never opened
    here: to close it would let go of every lock that SQLite holds on it in this process, and others
    would then delete the write-ahead log under its hands.
    """
    for suffix in _BESIDE:
        take_from_others(file.with_name(file.name + suffix))
    if _is_for_data(file.parent):
        take_from_others(file.parent)


def take_from_others(path: Path) -> bool:
    """Leave a file or folder to its owner alone; says whether others had a right to it."""
    with suppress(OSError):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & _OTHERS:
            path.chmod(mode & ~_OTHERS)
            return True
    return False


def _is_for_data(folder: Path) -> bool:
    """Tell whether a folder is ours and holds files only: no home, no checkout, no /tmp or /var."""
    try:
        found = folder.stat()
        ours = found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX
        with os.scandir(folder) as entries:
            return ours and not any(entry.is_dir(follow_symlinks=False) for entry in entries)
    except OSError:
        return False
