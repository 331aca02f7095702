"""Serves ministack on a free port; prints its address and ends when its standard input does."""

import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
url = f"http://127.0.0.1:{port}"
program = pathlib.Path(sys.executable).with_name("ministack")
environment = dict(os.environ, GATEWAY_PORT=str(port))
server = subprocess.Popen([program], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{url}/_ministack/health", timeout=1).read()
            break
        except OSError:
            time.sleep(0.5)
    print(url, flush=True)
    sys.stdin.read()
finally:
    server.terminate()
    server.wait()
