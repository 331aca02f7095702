"""`aws` as the scripts know it: hands its words and variables to `aws.py`, and says what it says."""

import json
import os
import socket
import sys

asked = socket.socket(socket.AF_UNIX)
asked.connect(sys.argv[1])
variables = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
asked.sendall(json.dumps([sys.argv[2:], variables]).encode() + b"\n")
said = json.loads(b"".join(iter(lambda: asked.recv(1 << 16), b"")))
sys.stdout.write(said["out"])
sys.stderr.write(said["error"])
sys.exit(1 if said["error"] else 0)
