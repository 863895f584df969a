"""The yardstick, in a process of its own: every row of the log, read by ``sqlite3`` and parsed.

``python -m benchmarks.yardstick FILE`` prints the processor seconds that it took. Nothing less
could be done by whoever folds a log.
"""

import sqlite3
import sys
import time

import orjson

_FETCH = 500


def main() -> None:
    """Read and parse all payloads once, and tell how long that took."""
    connection = sqlite3.connect(sys.argv[1])
    started = time.process_time()
    rows = connection.execute("SELECT * FROM events ORDER BY position")
    payload = [name for name, *_ in rows.description].index("payload")
    while found := rows.fetchmany(_FETCH):
        for row in found:
            orjson.loads(row[payload])
    print(time.process_time() - started)


if __name__ == "__main__":
    main()
