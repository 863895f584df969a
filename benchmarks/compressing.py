"""What zstd with a dictionary would save of the payloads, and cost; measured only, not done.

The lively history repeats one sentence where people write texts, so that compressing it as it is
says too much. With words drawn as often as they come in our documents, in no order, it says rather
too little: what is really written lies between.
"""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from random import Random

from benchmarks import history
from benchmarks.figures import Cost, Line
from benchmarks.ground import Ground
from benchmarks.shapes import SENTENCE

_SAMPLES, _DICTIONARY, _LEVEL = 1_000, 112 * 1024, 3
_DOCUMENTS = Path(__file__).parents[1] / "docs"
_TEXT = re.compile(f"(?:{re.escape(SENTENCE)})+")


def measure(ground: Ground) -> Iterator[Line]:
    """Train on the first payloads, compress all others one by one."""
    if find_spec("zstandard") is None:
        return
    payloads = _payloads(600 if ground.quick else 4_000)
    yield _line("texts drawn from words", [*_with_other_texts(payloads)])
    yield _line("as the history repeats it", payloads)


def _line(which: str, payloads: list[str]) -> Line:
    import zstandard  # noqa: PLC0415 (only the bench installs it)

    encoded = [payload.encode() for payload in payloads]
    samples, others = encoded[: min(_SAMPLES, len(encoded) // 4)], encoded[len(encoded) // 4 :]
    trained = zstandard.train_dictionary(_DICTIONARY, [*samples])
    writer = zstandard.ZstdCompressor(level=_LEVEL, dict_data=trained)
    reader = zstandard.ZstdDecompressor(dict_data=trained)
    _, alone = _each(zstandard.ZstdCompressor(level=_LEVEL).compress, others)
    cost, small = _each(writer.compress, others)
    read, _ = _each(reader.decompress, small)
    return Line(
        what=f"zstd {_LEVEL} with a dictionary, {which}: a payload of {_mean(others):,.0f} bytes",
        figure=_mean(small),
        unit="bytes",
        cost=cost,
        notes={
            "without_a_dictionary_bytes": round(_mean(alone)),
            "decompress_us": round(1e6 * read.processor, 1),
        },
    )


def _payloads(events: int) -> list[str]:
    with closing(sqlite3.connect(history.kept(events))) as connection:
        rows = connection.execute("SELECT payload FROM events ORDER BY position")
        return [payload for (payload,) in rows]


def _with_other_texts(payloads: list[str]) -> Iterator[str]:
    """Put words in the place of what the history repeats, as many letters of them."""
    random = Random(1)  # noqa: S311 (no secret)
    documents = sorted(_DOCUMENTS.glob("*.md"))
    words = re.findall(r"[A-Za-z']+[.,;]?", " ".join(each.read_text() for each in documents))

    def written(found: re.Match[str]) -> str:
        length = len(found.group())
        return " ".join(random.choices(words, k=length // 2))[:length]

    for payload in payloads:
        yield _TEXT.sub(written, payload)


def _each(work: Callable[[bytes], bytes], payloads: list[bytes]) -> tuple[Cost, list[bytes]]:
    began = time.process_time()
    done = [work(payload) for payload in payloads]
    return Cost(processor=(time.process_time() - began) / len(payloads)), done


def _mean(payloads: list[bytes]) -> float:
    return sum(map(len, payloads)) / len(payloads)
