"""What zstd with a dictionary would save of the payloads, and cost; measured only, not done.

The lively history repeats its texts, so that what people really write would be saved less of: by
that much, this is an upper bound.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.util import find_spec

from benchmarks import history
from benchmarks.figures import Cost, Line
from benchmarks.ground import Ground

_SAMPLES, _DICTIONARY = 2_000, 112 * 1024
_LEVELS = (3, 9)


def measure(ground: Ground) -> Iterator[Line]:
    """Train on the first payloads, compress all others one by one."""
    if find_spec("zstandard") is None:
        return
    import zstandard  # noqa: PLC0415 (only the bench installs it)

    payloads = _payloads(600 if ground.quick else 10_000)
    samples, others = payloads[: len(payloads) // 4][:_SAMPLES], payloads[len(payloads) // 4 :]
    trained = zstandard.train_dictionary(_DICTIONARY, samples)
    for level in _LEVELS:
        plain = zstandard.ZstdCompressor(level=level)
        by_dictionary = zstandard.ZstdCompressor(level=level, dict_data=trained)
        reader = zstandard.ZstdDecompressor(dict_data=trained)
        _, alone = _each(plain.compress, others)
        cost, small = _each(by_dictionary.compress, others)
        read, _ = _each(reader.decompress, small)
        yield Line(
            what=f"zstd {level} with a dictionary: bytes of a payload, of {_mean(others):,.0f}",
            figure=_mean(small),
            unit="bytes",
            cost=cost,
            notes={
                "without_a_dictionary_bytes": round(_mean(alone)),
                "decompress_us": round(1e6 * read.processor, 1),
            },
        )


def _payloads(events: int) -> list[bytes]:
    with closing(sqlite3.connect(history.kept(events))) as connection:
        rows = connection.execute("SELECT payload FROM events ORDER BY position")
        return [payload.encode() for (payload,) in rows]


def _each(work: Callable[[bytes], bytes], payloads: list[bytes]) -> tuple[Cost, list[bytes]]:
    began = time.process_time()
    done = [work(payload) for payload in payloads]
    return Cost(processor=(time.process_time() - began) / len(payloads)), done


def _mean(payloads: list[bytes]) -> float:
    return sum(map(len, payloads)) / len(payloads)
