"""Takes notices on a free port, as a receiver of others would; prints its address and ends when its standard input does. Arguments: the key of
signatures, and how many of the first requests to /hook are refused.

/hook takes what is signed: checked with Python's own hmac, as docs/notifications.md shows it, and with the library of Standard Webhooks.
/slack takes what Slack would: blocks are checked by Slack's own SDK. GET /seen tells what came."""

import base64
import hashlib
import hmac
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from slack_sdk.models.blocks import Block
from standardwebhooks.webhooks import Webhook

KEY, REFUSED = sys.argv[1], int(sys.argv[2])
seen, lock = [], threading.Lock()


def is_ours(key: bytes, headers, body: bytes) -> bool:
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    code = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    is_recent = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    return is_recent and any(hmac.compare_digest(f"v1,{code}", one) for one in headers["webhook-signature"].split(" "))


def faults_of_blocks(message: dict) -> list:
    faults = [] if len(message["blocks"]) <= 50 else ["more than 50 blocks"]
    for block in message["blocks"]:
        try:
            Block.parse(block).validate_json()
        except Exception as error:  # whatever the SDK says
            faults.append(str(error))
    return faults


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        told = {"path": self.path, "id": self.headers.get("webhook-id"), "body": json.loads(body)}
        with lock:
            earlier = sum(1 for one in seen if one["path"] == self.path)
            if self.path == "/hook":
                told["signed"] = is_ours(base64.b64decode(KEY.removeprefix("whsec_")), self.headers, body)
                try:
                    Webhook(KEY).verify(body, dict(self.headers))
                    told["standard"] = True
                except Exception as error:
                    told["standard"] = repr(error)
            elif self.path == "/slack":
                told["faults"] = faults_of_blocks(told["body"])
            told["status"] = 500 if self.path == "/hook" and earlier < REFUSED else 404 if self.path == "/gone" else 200
            seen.append(told)
        self.answer(told["status"], b"ok")

    def do_GET(self):
        with lock:
            self.answer(200, json.dumps(seen).encode())

    def answer(self, status: int, body: bytes):
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(f"http://127.0.0.1:{server.server_port}", flush=True)
sys.stdin.read()
