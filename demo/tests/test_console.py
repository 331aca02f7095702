"""The end of the demo against a stand-in for the product, which writes down how it was called."""

from __future__ import annotations

import os
import socket
import stat
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import console

STAND_IN = """#!{python}
import http.server, json, os, sys
from pathlib import Path

with Path("called").open("a") as log:
    log.write(" ".join(sys.argv[1:]) + "\\n")
if sys.argv[1] == "token":
    if sys.argv[2] == "create":
        print(json.dumps({{"token": {{"id": "t1"}}, "secret": "sightline_t1_secret"}}))
    sys.exit(0)
if Path("broken").exists():
    sys.exit("the lake is damaged")


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        known = self.headers["authorization"] == "Bearer sightline_t1_secret"
        status = 200 if known or self.path == "/" else 401
        self.send_response(status)
        self.send_header("content-type", "text/html" if self.path == "/" else "application/json")
        self.end_headers()
        self.wfile.write(b'{{"edges": 31}}')

    def log_message(self, *_):
        pass


try:
    server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[3].rpartition(":")[2])), Answers)
except OSError:
    sys.exit("cannot listen on " + sys.argv[3])
print(f"http://127.0.0.1:{{server.server_port}}", flush=True)
server.serve_forever()
"""


class Console(unittest.TestCase):
    """Starting, asking, ending."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.binary = self.folder / "sightline"
        self.binary.write_text(STAND_IN.format(python=sys.executable))
        self.binary.chmod(self.binary.stat().st_mode | stat.S_IXUSR)

    def served(self) -> object:
        return console.served(self.binary, dict(os.environ), self.folder)

    def called(self) -> list[str]:
        return (self.folder / "called").read_text().splitlines()

    def test_it_answers_and_the_token_ends_with_it(self) -> None:
        with self.served() as server:
            self.assertEqual(server.ask("/api/v1/overview"), {"edges": 31})
            self.assertTrue(server.has_pages())
            child = server.child
        self.assertIsNotNone(child.returncode, "it was left running")
        self.assertEqual(
            [line.split()[:2] for line in self.called()],
            [["token", "create"], ["serve", "--listen"], ["token", "revoke"]],
        )
        self.assertNotIn("secret", " ".join(self.called()), "the token stands in a process list")

    def test_a_port_that_is_taken_is_no_hindrance(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            with mock.patch.object(console, "PORT", taken.getsockname()[1]), self.served() as server:
                self.assertEqual(server.ask("/api/v1/overview"), {"edges": 31})

    def test_a_server_that_does_not_start_is_told_with_its_own_words(self) -> None:
        (self.folder / "broken").touch()
        with self.assertRaisesRegex(console.ConsoleError, "the lake is damaged"), self.served():
            self.fail("it did start")
        self.assertEqual(self.called()[-1], "token revoke t1")

    def test_a_wrong_token_is_no_answer(self) -> None:
        with self.served() as server:
            server.token = "another"
            with self.assertRaisesRegex(console.ConsoleError, "401"):
                server.ask("/api/v1/overview")

    def test_it_stays_only_before_somebody(self) -> None:
        with mock.patch("sys.stdin.isatty", return_value=True), mock.patch("sys.stdout.isatty", return_value=True):
            with mock.patch.dict(os.environ, {"CI": "true"}):
                self.assertFalse(console.is_watched())
            with mock.patch.dict(os.environ):
                os.environ.pop("CI", None)
                self.assertTrue(console.is_watched())
        with mock.patch("sys.stdin.isatty", return_value=False):
            self.assertFalse(console.is_watched())

    def test_staying_ends_with_an_interruption(self) -> None:
        with self.served() as server, mock.patch.object(server.child, "wait", side_effect=KeyboardInterrupt):
            with mock.patch.dict(os.environ):
                for name in ("DISPLAY", "WAYLAND_DISPLAY"):
                    os.environ.pop(name, None)
                with mock.patch("builtins.print") as told:
                    console.show(server)
            shown = " ".join(str(one) for call in told.call_args_list for one in call.args)
            self.assertIn(server.address, shown)
            self.assertIn(server.token, shown)
            self.assertNotIn(f"{server.address}/#", shown)
            server.child.wait = lambda *_: None
            server.child.terminate()


if __name__ == "__main__":
    unittest.main()
