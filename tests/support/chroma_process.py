"""A Chroma server of a test's own, as whoever runs one starts it: `chroma run` on a free port."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from ports import free_port

_STARTING = 60  # seconds


@dataclass
class ChromaProcess:
    """A server over `folder`; stopped and started again it is at the same address."""

    folder: Path
    port: int = 0
    _process: subprocess.Popen | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.port = self.port or free_port()
        beside = Path(sys.executable).with_name("chroma")
        program = str(beside) if beside.exists() else shutil.which("chroma")
        with (self.folder / "server.log").open("ab") as said:
            self._process = subprocess.Popen(
                [
                    program,
                    "run",
                    "--path",
                    self.folder / "data",
                    "--host",
                    "127.0.0.1",
                    "--port",
                    str(self.port),
                ],
                cwd=self.folder,
                stdout=said,
                stderr=said,
            )
        end = time.monotonic() + _STARTING
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "server.log").read_text()
            assert time.monotonic() < end, "the server doesn't answer"
            time.sleep(0.03)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/api/v2/heartbeat", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            return False

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None
