"""The demo's only way to an AWS API: boto3 clients that cannot leave this machine.

The demo creates users, keys and public buckets on purpose. It must never do so in somebody's account, so every client
is refused unless its resolved endpoint is a loopback address.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config


class NotLoopback(Exception):
    """A client would have talked to something that is not this machine."""


def require_loopback(url: str) -> str:
    """The URL, if its host is a loopback *address*; names are refused, for they resolve to whatever a resolver says."""
    host = urlsplit(url).hostname or ""
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise NotLoopback(
            f"`{url}` is not a loopback address: the demo works on its own emulators only; "
            "start them with `python demo/emulators.py start`"
        )
    return url


class Aws:
    """Clients for the demo's emulators, from the variables that `emulators.environment` gives."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = dict(variables)
        for name, value in self._variables.items():
            if name.startswith("AWS_ENDPOINT_URL"):
                require_loopback(value)
        # A session of its own with explicit keys: no profile, no default chain, no instance metadata.
        self._session = boto3.Session(
            aws_access_key_id=self._variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self._variables["AWS_SECRET_ACCESS_KEY"],
            region_name=self._variables["AWS_REGION"],
        )
        self.client = lru_cache(maxsize=None)(self._client)

    def _client(self, service: str, region: str | None = None) -> Any:
        variable = f"AWS_ENDPOINT_URL_{service.replace('-', '_').upper()}"
        url = self._variables.get(variable) or self._variables.get("AWS_ENDPOINT_URL", "")
        config = Config(
            retries={"max_attempts": 0},
            proxies={},
            # The bucket in the path: `bucket.127.0.0.1` is no host name.
            s3={"addressing_style": "path"},
            max_pool_connections=8,
        )
        client = self._session.client(service, region_name=region, endpoint_url=require_loopback(url), config=config)
        require_loopback(client.meta.endpoint_url)
        return client

    @property
    def moto(self) -> str:
        """Where moto's own control interface is."""
        return require_loopback(self._variables["AWS_ENDPOINT_URL"])
