"""Lines on standard error: whatever becomes of it, nobody is held up, and the loss is told."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from errno import ENOSPC
from pathlib import Path
from types import SimpleNamespace
from typing import TextIO, cast

import pytest

from runtime.lines import Bounded, LineWriter
from tests.service import until


def full() -> TextIO:
    return Path("/dev/full").open("w")


def closed() -> TextIO:
    stream = Path(os.devnull).open("w")  # noqa: SIM115 (as above)
    os.close(stream.fileno())
    return stream


def hung_up() -> TextIO:
    reader, writer = os.pipe()
    os.close(reader)
    return os.fdopen(writer, "w")


def absent() -> None:
    return None


class Switched:
    """A stream that is at first one thing and then a file."""

    def __init__(self, first: TextIO | None, then: Path) -> None:
        self.now = first
        self._then = then

    def __call__(self) -> TextIO | None:
        return self.now

    def mend(self) -> None:
        self.end()
        self.now = self._then.open("w")

    def end(self) -> None:
        with suppress(OSError):
            if self.now is not None:
                self.now.close()

    def text(self) -> str:
        return self._then.read_text() if self._then.exists() else ""


@pytest.fixture(params=[full, closed, hung_up, absent], ids=lambda each: each.__name__)
def stream(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Switched]:
    first: Callable[[], TextIO | None] = request.param
    switched = Switched(first(), tmp_path / "later")
    yield switched
    switched.end()


def test_what_cannot_be_written_is_counted_and_said_once_it_can(stream: Switched) -> None:
    writer = LineWriter(stream)
    for number in range(3):
        writer.put(f"{number}\n".encode())
    until(lambda: writer.lost().lines == 3)
    assert writer.lost().why
    stream.mend()
    writer.put(b"after\n")
    until(lambda: "after" in stream.text())
    first, second = stream.text().splitlines()
    assert first.startswith("3 log lines were lost: ")
    assert second == "after"
    assert writer.lost().lines == 3


def test_the_loss_is_said_although_nothing_else_is_to_be_said(stream: Switched) -> None:
    writer = LineWriter(stream)
    writer.put(b"lost\n")
    until(lambda: writer.lost().lines == 1)
    stream.mend()
    until(lambda: stream.text().startswith("1 log lines were lost"))


def test_a_reader_who_does_not_read_holds_nobody_up() -> None:
    reader, writing = os.pipe()
    writer = LineWriter(lambda: target)
    line = b"x" * 65_536
    with os.fdopen(writing, "w") as target:
        for _ in range(100):
            writer.put(line)
        lost = writer.lost().lines
        assert 0 < lost < 100
        read, thread = _draining(reader)
        until(lambda: read.count(b"x") == (100 - lost) * len(line))
    assert f"{lost} log lines were lost: ".encode() in read
    thread.join()


def _draining(reader: int) -> tuple[bytearray, threading.Thread]:
    read = bytearray()

    def work() -> None:
        with os.fdopen(reader, "rb", buffering=0) as source:
            while some := source.read(65_536):
                read.extend(some)

    thread = threading.Thread(target=work)
    thread.start()
    return read, thread


class Torn:
    """A disk that is full in the middle of the first line, and has room again at the next."""

    def __init__(self) -> None:
        self.taken = b""
        self._room: list[int] = [2, 0]

    def write(self, some: bytes) -> int:
        room = self._room.pop(0) if self._room else len(some)
        if not room:
            raise OSError(ENOSPC, "No space left on device")
        self.taken += some[:room]
        return room

    def flush(self) -> None: ...


def test_a_torn_line_does_not_swallow_the_next() -> None:
    disk = Torn()
    stream = cast("TextIO", SimpleNamespace(buffer=disk))
    writer = LineWriter(lambda: stream)
    writer.put(b"torn\n")
    writer.put(b"whole\n")
    until(lambda: b"whole" in disk.taken)
    lines = disk.taken.decode().splitlines()
    assert lines == ["to", "1 log lines were lost: No space left on device", "whole"]


class Filling:
    """A disk that has room for so many bytes, is full once, and then has room again."""

    def __init__(self, room: int) -> None:
        self.taken = b""
        self._room: int | None = room

    def write(self, some: bytes) -> int:
        if self._room == 0:
            self._room = None
            raise OSError(ENOSPC, "No space left on device")
        taken = some[: self._room]
        self.taken += taken
        if self._room is not None:
            self._room -= len(taken)
        return len(taken)

    def flush(self) -> None: ...


@pytest.mark.parametrize("room", [0, 2, 4, 5, 6])
def test_of_lines_that_are_written_together_only_the_torn_one_is_lost(room: int) -> None:
    disk = Filling(room)
    stream = cast("TextIO", SimpleNamespace(buffer=disk))
    writer = LineWriter(lambda: stream)
    lines = ["one", "two", "three", "four"]
    for line in lines:
        writer.put(line.encode() + b"\n")
    until(lambda: b"four" in disk.taken)
    found = [line for line in disk.taken.decode().splitlines() if line in lines]
    assert found == [line for line in lines if line != ("one" if room < 4 else "two")]
    assert "1 log lines were lost" in disk.taken.decode()
    assert writer.lost().lines == 1


def test_what_is_put_is_written_in_its_order_by_the_end(tmp_path: Path) -> None:
    target = tmp_path / "lines"
    with target.open("w") as stream:
        writer = LineWriter(lambda: stream)
        for number in range(1000):
            writer.put(f"{number}\n".encode())
        writer.drain(30.0)
    assert target.read_text().split() == [str(number) for number in range(1000)]


def test_what_could_not_be_searched_for_secrets_is_not_written(tmp_path: Path) -> None:
    class Broken:
        def finds_any(self, _text: bytes) -> bool:
            raise MemoryError

        def __call__(self, line: bytes) -> bytes:
            return line

    with (tmp_path / "out").open("w") as out:
        writer = LineWriter(lambda: out)
        writer.screen = Broken()
        writer.put(b"a secret\n")
        until(lambda: writer.lost().lines)
        writer.put(Bounded(b"of ours\n"))
        writer.drain(60)
    text = (tmp_path / "out").read_text()
    assert "a secret" not in text
    assert "could not be searched" in text
    assert text.endswith("of ours\n")
