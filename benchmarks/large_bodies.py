"""Eight deliveries of 25 MB at once: memory of all processes of the service, and the loop's lag.

``python -m benchmarks.large_bodies [--hostile]`` starts a real service on SQLite, delivers, and
looks on while it is projected. Memory is the sum of what is resident in each process, seen every
few milliseconds. Lag is how long the event loop was held, as ``benchmarks.probing`` finds it.
"""

import argparse
import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.probing import course_of, held_while
from tests.databases import SqliteTemplate
from tests.service import Client, client_at, started

AT_ONCE, SIZE = 8, 25 * 1024 * 1024
_LOOK_SECONDS = 0.005


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large_bodies", description=__doc__)
    parser.add_argument("--hostile", action="store_true", help="JSON that costs most to parse")
    body = _body(hostile=parser.parse_args().hostile)
    with TemporaryDirectory() as name:
        url = SqliteTemplate(Path(name)).clone(Path(name))
        with started(Path(name), url) as service:
            found = asyncio.run(_measure(service.url, service.process.pid, body))
    print(json.dumps(found, indent=2))


def _body(*, hostile: bool) -> bytes:
    """Return a push of many commits with many files, or as many values as are read."""
    if hostile:
        body = b'{"a":[' + b'"ab",' * 830_000 + b'1],"b":"'
        return body.ljust(SIZE - 2, b"x") + b'"}'
    files = [f"src/rooms/room_{number}/walls/wall_{number}.py" for number in range(200)]
    commit = {"id": "0" * 40, "message": "Move a wall — 漢字", "added": files, "removed": []}
    told = {"ref": "refs/heads/main", "repository": {"id": 1}, "commits": [commit] * 2600}
    body = json.dumps(told, ensure_ascii=False).encode()
    return body[: -len(b"}")] + b', "pad": "' + b"x" * max(0, SIZE - len(body) - 20) + b'"}'


async def _measure(url: str, pid: int, body: bytes) -> dict[str, object]:
    port = int(url.rpartition(":")[2])
    async with client_at(url) as client:
        await asyncio.sleep(3.0)  # in which it comes to rest
        course = await course_of(port, pid)
        resting = await held_while(port, pid, asyncio.sleep(2.0), course)
        watch = asyncio.create_task(_peak(pid))
        busy = await held_while(port, pid, _deliver(client, body), course)
        watch.cancel()
        peaks = await watch
    return {
        "megabytes_of_a_body": round(len(body) / 1024**2, 1),
        "peak_resident_megabytes": round(peaks / 1024**2),
        "at_rest_longest_ms": resting.in_milliseconds(),
        "longest_ms": busy.in_milliseconds(),
        "probes": busy.probes,
    }


async def _deliver(client: Client, body: bytes) -> None:
    answers = await asyncio.gather(*(client.deliver("push", body) for _ in range(AT_ONCE)))
    assert {answer.status_code for answer in answers} == {202}, [a.text for a in answers]
    await asyncio.sleep(8.0)  # in which they are projected


async def _peak(pid: int) -> int:
    """Return, once cancelled, the most bytes that a process and its children had resident."""
    most = 0
    try:
        while True:
            most = max(most, sum(_resident(each) for each in _family(pid)))
            await asyncio.sleep(_LOOK_SECONDS)
    except asyncio.CancelledError:
        return most


def _family(pid: int) -> Iterator[int]:
    """Yield a process and its children; one not yet begun shares all memory with its parent."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        own = _command(pid)
        for child in map(int, children):
            if _command(child) != own:
                yield from _family(child)


def _command(pid: int) -> bytes | None:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return None


def _resident(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
