"""A process of its own: a Parquet file on standard input → its rows, one JSON object a line.

The first line has the names of the columns, or the `problem`. Only rows that are asked for are decoded.
"""

from __future__ import annotations

import json
import sys

from ingest.decoding.sandbox import SECONDS, limit_worker, still_working
from ingest.schema.columns import plain

_MEMORY = 4_000_000_000
_ROWS = 64


def main() -> None:
    """Write the header, then every row in order."""
    limit_worker(_MEMORY)
    still_working(SECONDS)
    import pyarrow
    from pyarrow import parquet

    pyarrow.set_cpu_count(1)
    pyarrow.set_io_thread_count(1)
    try:
        file = parquet.ParquetFile(sys.stdin.buffer)
        _write({"columns": file.schema_arrow.names, "rows": file.metadata.num_rows})
        for batch in file.iter_batches(batch_size=_ROWS, use_threads=False):
            for row in batch.to_pylist():
                _write({"row": {name: plain(value) for name, value in row.items()}})
            still_working(SECONDS)
    except (pyarrow.ArrowException, OSError, ValueError, MemoryError) as error:
        _write({"problem": str(error)})


def _write(value: dict) -> None:
    still_working(0)  # whoever reads may take as long as it likes
    sys.stdout.write(json.dumps(value, default=str) + "\n")
    sys.stdout.flush()
    still_working(SECONDS)


if __name__ == "__main__":
    main()
