"""A scheduler and executors on this machine, ended when the benchmark is."""

from __future__ import annotations

import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType


class Cluster:
    """One scheduler and so many executors with one core each."""

    def __init__(self, sightline: Path, lake: Path, executors: int, pinned: list[str]) -> None:
        self.command = [*pinned, str(sightline), "--lake", str(lake), "cluster"]
        self.executors = executors
        self.processes: list[subprocess.Popen[str]] = []
        self.log = tempfile.TemporaryFile("w+")
        self.url = ""

    def __enter__(self) -> Cluster:
        scheduler = self._start("scheduler", "--listen", "127.0.0.1:0")
        self.url = (scheduler.stdout.readline() if scheduler.stdout else "").strip()
        for _ in range(self.executors):
            self._start("executor", "--scheduler", self.url, "--port", "0", "--cores", "1")
        for _ in range(300):
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                    if f": {self.executors} executors" in answer.read().decode():
                        return self
            except (urllib.error.URLError, ValueError):
                pass
            time.sleep(0.1)
        self.__exit__(None, None, None)
        self.log.seek(0)
        raise RuntimeError(f"the executors did not come: {self.log.read()[-1000:]}")

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()

    def _start(self, *arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen([*self.command, *arguments], stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.processes.append(process)
        return process
