"""Signing in by a provider of OpenID Connect, which is the package oidc-provider-mock: whom it lets in, as what, and what is refused.

    oidc_sign_in.py BINARY LAKE
"""

from __future__ import annotations

import json
import logging
import socket
import sys
import threading
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import oidc_provider_mock
import requests
from oidc_provider_mock import _app
from werkzeug.serving import make_server

sys.path.insert(0, str(Path(__file__).parent))
from served import Served, equal  # noqa: E402

SECRET = "the client's own secret"
USERS = {
    "ann": {"email": "ann@example.com", "email_verified": True, "groups": ["staff", "security"]},
    "bob": {"preferred_username": "bob", "groups": "staff"},
    "eve": {"email": "eve@example.com", "groups": ["sales"]},
    "joe": {"email": "joe@example.com"},
}


class Provider:
    """The provider, what it was asked at its token endpoint, and ways for it to lie."""

    def __init__(self) -> None:
        users = [_app.User(sub=name, claims=claims) for name, claims in USERS.items()]
        app = oidc_provider_mock.app(user_claims=users)
        self.asked: list[dict[str, list[str]]] = []
        self.authorization: list[str] = []

        @app.before_request
        def note() -> None:
            from flask import request

            if request.path == "/oauth2/token":
                self.asked.append({name: request.form.getlist(name) for name in request.form})
                self.authorization.append(request.headers.get("authorization", ""))

        logging.getLogger("werkzeug").setLevel(logging.ERROR)
        logging.getLogger("oidc_provider_mock").setLevel(logging.CRITICAL)
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def grants(self, place: str, who: str | None) -> str:
        """Signs somebody in, or nobody; where the browser is sent then."""
        form = {"sub": who} if who else {"action": "deny"}
        answer = requests.post(place, data=form, timeout=30, allow_redirects=False)
        equal(answer.status_code, 302, answer.text[:300])
        return answer.headers["location"]


class Lie:
    """Changes what the provider says in ID tokens, for the block."""

    def __init__(self, **said: object) -> None:
        self.said = said

    def __enter__(self) -> None:
        self.before = _app.OpenIDCode.get_jwt_config
        said, before = self.said, self.before

        def config(grant, grant_, client=None):
            return {**before(grant, grant_, client), **said}

        _app.OpenIDCode.get_jwt_config = config

    def __exit__(self, *_: object) -> None:
        _app.OpenIDCode.get_jwt_config = self.before


class Audience:
    """Makes the provider issue ID tokens for others, for the block."""

    def __init__(self, *audiences: str) -> None:
        self.audiences = list(audiences)

    def __enter__(self) -> None:
        _app.OpenIDCode.get_audiences = lambda *_: self.audiences

    def __exit__(self, *_: object) -> None:
        del _app.OpenIDCode.get_audiences


class Browser:
    """Keeps its cookies, follows nothing by itself."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.session = requests.Session()

    def get(self, url: str, accept: str = "text/html,*/*") -> requests.Response:
        url = url if url.startswith("http") else f"{self.served.url}{url}"
        return self.session.get(url, headers={"accept": accept}, timeout=30, allow_redirects=False)

    def leaves(self) -> str:
        answer = self.get("/api/v1/oidc/start")
        equal(answer.status_code, 303, answer.text)
        cookie = answer.headers["set-cookie"]
        for word in ["HttpOnly", "SameSite=Lax", "Path=/api/v1", "Max-Age=600"]:
            assert word in cookie, cookie
        return answer.headers["location"]

    def comes_back(self, place: str) -> dict[str, str]:
        """What the console finds behind the `#`."""
        answer = self.get(place)
        equal(answer.status_code, 303, answer.text)
        target = answer.headers["location"]
        assert target.startswith("/#/signed-in?"), target
        return {name: value for name, [value] in parse_qs(target.split("?", 1)[1]).items()}

    def redeems(self, code: str, **headers: str) -> requests.Response:
        return self.session.post(f"{self.served.url}/api/v1/session", json={"code": code}, headers=headers, timeout=30)

    def signs_in(self, provider: Provider, who: str) -> requests.Response:
        found = self.comes_back(provider.grants(self.leaves(), who))
        return self.redeems(found["code"])


def changed(url: str, **values: str | None) -> str:
    """The URL with other values behind the `?`."""
    parts = urlsplit(url)
    query = {name: value for name, [value] in parse_qs(parts.query).items()} | values
    return urlunsplit(parts._replace(query=urlencode({name: value for name, value in query.items() if value is not None})))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


def config(provider: str, port: int, secret: str = 'client_secret_env = "PROVIDER_SECRET"') -> str:
    return (
        f'[serve.oidc]\nname = "Example login"\nissuer = "{provider}"\nclient_id = "sightline-console"\n{secret}\nscopes = ["email", "profile"]\n'
        f'redirect_url = "http://127.0.0.1:{port}/api/v1/oidc/callback"\nclaim = "groups"\nsession = "1h"\n'
        '[serve.oidc.roles]\n"staff" = "viewer"\n"security" = "admin"\n'
    )


def lets_in(served: Served, provider: Provider) -> None:
    """A session of the highest role that is mapped, which ends by itself, by its owner, and by an admin."""
    equal(served.get("/api/v1/sign-in").json(), {"oidc": {"name": "Example login"}})
    browser = Browser(served)
    place = browser.leaves()
    asked = {name: value for name, [value] in parse_qs(urlsplit(place).query).items()}
    equal(asked["response_type"], "code")
    equal(asked["code_challenge_method"], "S256")
    equal(set(asked["scope"].split()), {"openid", "email", "profile"})
    found = browser.comes_back(provider.grants(place, "ann"))
    verifier = provider.asked[-1]["code_verifier"][0]
    challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    equal(challenge, asked["code_challenge"], "the proof belongs to the challenge")
    assert provider.authorization[-1].startswith("Basic "), "the client shows its secret"

    stranger = Browser(served)
    stranger.leaves()
    equal(stranger.redeems(found["code"]).status_code, 401, "another browser has the link")
    equal(browser.redeems(found["code"]).status_code, 401, "and now nobody has")

    answer = browser.signs_in(provider, "ann")
    equal(answer.status_code, 201, answer.text)
    assert "Max-Age=0" in answer.headers["set-cookie"], "the cookie goes when it is not needed"
    token, made = answer.json()["secret"], answer.json()["token"]
    equal((made["kind"], made["role"], made["name"]), ("session", "admin", "ann@example.com"))
    equal(made["subject"], f"{provider.url} ann")
    me = served.get("/api/v1/me", token).json()
    equal((me["kind"], me["expires_at"][:19]), ("session", made["expires_at"][:19]))
    entries = served.get("/api/v1/audit", token).json()["items"]
    [entry] = [entry for entry in entries if entry["subject"] == made["id"]]
    equal((entry["action"], entry["actor"], entry["detail"]["subject"]), ("session.create", made["id"], f"{provider.url} ann"))

    staff = browser.signs_in(provider, "bob").json()
    equal((staff["token"]["role"], staff["token"]["name"]), ("viewer", "bob"))
    equal(served.get("/api/v1/tokens", staff["secret"]).status_code, 403, "a viewer is no admin")
    revoked = requests.delete(
        f"{served.url}/api/v1/tokens/{staff['token']['id']}", headers={"authorization": f"Bearer {token}"}, timeout=30
    )
    equal(revoked.status_code, 200)
    equal(served.get("/api/v1/me", staff["secret"]).status_code, 401, "an admin took it back")

    end = {"authorization": f"Bearer {token}"}
    equal(requests.delete(f"{served.url}/api/v1/session", headers=end, timeout=30).status_code, 204)
    equal(served.get("/api/v1/me", token).status_code, 401, "who signed out is out")
    key = {"authorization": f"Bearer {served.token('viewer')}"}
    equal(requests.delete(f"{served.url}/api/v1/session", headers=key, timeout=30).status_code, 409, "a key is no session")


def refuses(served: Served, provider: Provider) -> None:
    """Each way in which something is not as it must be."""
    browser = Browser(served)

    def error(place: str, of: Browser = browser) -> str:
        found = of.comes_back(place)
        assert found.get("request") and "code" not in found, found
        return found["error"]

    for nobody in ["eve", "joe"]:
        equal(error(provider.grants(browser.leaves(), nobody)), "no-role", nobody)
    told = browser.get(provider.grants(browser.leaves(), "eve"), accept="application/json")
    equal((told.status_code, told.headers["content-type"]), (403, "application/problem+json"))
    assert "no role here is mapped to you" in told.json()["detail"], told.text
    equal(error(changed("/api/v1/oidc/callback", state=parse_qs(urlsplit(browser.leaves()).query)["state"][0], error="access_denied")), "refused")

    equal(error(changed(provider.grants(browser.leaves(), "ann"), state="x")), "stale", "another state")
    equal(error(changed(provider.grants(browser.leaves(), "ann"), state=None)), "stale", "no state")
    place = provider.grants(browser.leaves(), "ann")
    equal(error(place, Browser(served)), "stale", "a browser without the cookie: somebody was sent a link")
    other = Browser(served)
    other.leaves()
    equal(error(place, other), "stale", "a browser with a cookie of its own")
    asked_before = len(provider.asked)
    for cookie in ["x", "1.AAAA", f"0.{'A' * 43}"]:
        forged = Browser(served)
        forged.session.cookies.set("sightline-sign-in", cookie, path="/api/v1")
        equal(error(place, forged), "stale", cookie)
    equal(len(provider.asked), asked_before, "none of that reaches the provider")
    assert "code" in browser.comes_back(place), "the one who began it may end it"
    equal(error(place), "stale", "a code of the provider is good once")
    equal(error(changed(provider.grants(browser.leaves(), "ann"), code="made up")), "stale", "a code that nobody issued")

    def unverified(place: str, why: str) -> None:
        """Refused, and for this reason, which the log alone has."""
        found = browser.comes_back(place)
        equal(found.get("error"), "unverified", why)
        lines = [json.loads(line) for line in served.log.read_text().splitlines() if line.startswith("{")]
        [detail] = [line["detail"] for line in lines if line.get("request.id") == found["request"] and "detail" in line]
        assert why in detail, f"found {detail!r}, wanted {why!r}"

    unverified(provider.grants(changed(browser.leaves(), nonce="another"), "ann"), "nonce")
    unverified(provider.grants(changed(browser.leaves(), nonce=None), "ann"), "nonce")
    unverified(changed(provider.grants(browser.leaves(), "ann"), iss="https://other.example"), "another provider")
    with Audience("somebody-else"):
        unverified(provider.grants(browser.leaves(), "ann"), "audience")
    with Audience("sightline-console", "somebody-else"):
        unverified(provider.grants(browser.leaves(), "ann"), "audience")
    with Lie(iss="https://other.example"):
        unverified(provider.grants(browser.leaves(), "ann"), "issuer")
    with Lie(exp=-60):
        unverified(provider.grants(browser.leaves(), "ann"), "Expired")
    with Lie(key=SECRET.encode(), alg="HS256"):
        unverified(provider.grants(browser.leaves(), "ann"), "not signed by the provider")
    with Lie(key=another_key()):
        unverified(provider.grants(browser.leaves(), "ann"), "not signed by the provider")
    equal(browser.redeems("made up").status_code, 401)
    equal(browser.redeems("made up", origin="https://evil.example").status_code, 403, "a page of another")
    log = served.log.read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    mine = [line["message"] for line in lines if line.get("request.id") == told.json()["request_id"]]
    equal(mine, ["nobody signed in", "answered"], "the log has both under the request's id")
    for secret in [SECRET, "code=", "code_verifier"]:
        assert secret not in log, f"`{secret}` is in the log"
    assert "no-role" in log and "eve" in log, "who was refused is in the log"


def another_key() -> dict[str, object]:
    from authlib.jose import RSAKey

    return RSAKey.generate_key(is_private=True).as_dict(is_private=True)


def is_off_or_cannot_be(binary: str, lake: str) -> None:
    with Served(binary, lake) as served:
        equal(served.get("/api/v1/sign-in").json(), {"oidc": None})
        equal(served.get("/api/v1/oidc/start").status_code, 404)
        equal(requests.post(f"{served.url}/api/v1/session", json={"code": "x"}, timeout=30).status_code, 404)
    port = free_port()
    settings = config("http://127.0.0.1:1", port)
    with Served(binary, lake, settings, {"PROVIDER_SECRET": SECRET}, ("--listen", f"127.0.0.1:{port}")) as served:
        browser = Browser(served)
        equal(browser.get("/api/v1/oidc/start").headers["location"].split("&")[0], "/#/signed-in?error=unreachable")
        equal(browser.get("/api/v1/oidc/start", accept="*/*").status_code, 502)
    for wrong, says in [(settings, "PROVIDER_SECRET"), (config("http://127.0.0.1:1", port).replace("127.0.0.1:" + str(port), "localhost:1"), "--origin")]:
        try:
            environment = {} if says == "PROVIDER_SECRET" else {"PROVIDER_SECRET": SECRET}
            with Served(binary, lake, wrong, environment, ("--listen", f"127.0.0.1:{port}")):
                raise AssertionError(f"it started without {says}")
        except AssertionError as error:
            assert says in str(error), error


def main(binary: str, lake: str) -> None:
    provider = Provider()
    port = free_port()
    settings = config(provider.url, port)
    with Served(binary, lake, settings, {"PROVIDER_SECRET": SECRET}, ("--listen", f"127.0.0.1:{port}")) as served:
        lets_in(served, provider)
        refuses(served, provider)
    is_off_or_cannot_be(binary, lake)
    print("people with a role get in, and nobody else")


if __name__ == "__main__":
    main(*sys.argv[1:])
