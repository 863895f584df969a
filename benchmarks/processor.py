"""Processor time of another process, where the system tells it."""

import os
from pathlib import Path


def processor_seconds(process: int) -> float | None:
    """Return the processor time that a process has used so far; None where it cannot be read."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2]
    except OSError:
        return None
    user, system = (int(field) for field in fields.split()[11:13])
    return (user + system) / os.sysconf("SC_CLK_TCK")


def pin(which: int) -> None:
    """Ask for one processor, counted from the first (0) or the last (-1) that we may use."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[which]})
