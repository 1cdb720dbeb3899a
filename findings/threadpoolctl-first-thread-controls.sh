#!/usr/bin/env bash
# threadpoolctl 3.8.0 with numpy 2.4.6 (OpenBLAS 0.3.31 with its own threads), Python 3.11.
#
# A limit on BLAS's threads is the process's, as one knows, so of two threads that set it the later one is expected to
# win, and a context that ends to give back what there was. But the first thread that sets one controls it from then on,
# also after its context has ended, for as long as it lives: what any other thread sets is dropped without an error or a
# warning. In a pool that is whichever worker came first: a limit that another worker should give back stays, and one
# that the main thread sets later does nothing. 3.6.0 lets everybody set it.
#
# What it means here: `ui/command/serve.py` sets it once, in the main thread, before any thread is begun; nothing sets it
# for a while.
#
# Seen:
#   3.8.0: a worker limits to 1: 1, and gives back: 2; meanwhile the main thread's limit of 1: 2
#   3.8.0: of two workers the second one, last to leave, gives back: 1
#   3.6.0: a worker limits to 1: 1, and gives back: 2; meanwhile the main thread's limit of 1: 1
#   3.6.0: of two workers the second one, last to leave, gives back: 2
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > run.py <<'PY'
import queue
import threading

import numpy  # loads OpenBLAS
from threadpoolctl import ThreadpoolController, __version__

blas = ThreadpoolController().select(internal_api="openblas")


def seen() -> int:
    (number,) = {library["num_threads"] for library in blas.info()}
    return number


class Worker:
    """A thread that stays, as those of a pool do."""

    def __init__(self) -> None:
        self.asked, self.told = queue.Queue(), queue.Queue()
        threading.Thread(target=self.run, daemon=True).start()

    def run(self) -> None:
        while True:
            self.told.put(self.asked.get()())

    def do(self, work):
        self.asked.put(work)
        return self.told.get()


first, second = Worker(), Worker()
limit = first.do(lambda: blas.limit(limits=1))
limited = seen()
first.do(limit.restore_original_limits)
restored = seen()
mains = blas.limit(limits=1)
print(f"{__version__}: a worker limits to 1: {limited}, and gives back: {restored};"
      f" meanwhile the main thread's limit of 1: {seen()}")
mains.restore_original_limits()
limit = first.do(lambda: blas.limit(limits=1))
second.do(limit.restore_original_limits)
print(f"{__version__}: of two workers the second one, last to leave, gives back: {seen()}")
PY
for version in 3.8.0 3.6.0; do
    python3 -m venv "$version"
    "$version/bin/pip" --disable-pip-version-check -q install 'numpy==2.4.6' "threadpoolctl==$version"
    OPENBLAS_NUM_THREADS=2 "$version/bin/python" run.py
done | tee seen
diff seen - <<'SEEN'
3.8.0: a worker limits to 1: 1, and gives back: 2; meanwhile the main thread's limit of 1: 2
3.8.0: of two workers the second one, last to leave, gives back: 1
3.6.0: a worker limits to 1: 1, and gives back: 2; meanwhile the main thread's limit of 1: 1
3.6.0: of two workers the second one, last to leave, gives back: 2
SEEN
