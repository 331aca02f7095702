"""What every CloudTrail record has, whoever calls what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from logs.names import uuid_of
from settings import ACCOUNT, rfc3339

Json = dict[str, Any]


def record(
    at: datetime,
    region: str,
    source: str,
    name: str,
    identity: Json,
    origin: Json,
    *key: object,
    parameters: Json | None = None,
    response: Json | None = None,
    read_only: bool = True,
    data: bool = False,
    host: str = "",
    extra: Json | None = None,
) -> Json:
    """One record; with the time, `key` sets it apart from every other (they become its ids)."""
    made: Json = {
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": rfc3339(at),
        "eventSource": source,
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": origin["sourceIPAddress"],
        "userAgent": origin["userAgent"],
        "requestParameters": parameters,
        "responseElements": response,
        "requestID": uuid_of("request", name, at, *key),
        "eventID": uuid_of("event", name, at, *key),
        "readOnly": read_only,
        "eventType": "AwsApiCall",
        "managementEvent": not data,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Data" if data else "Management",
    }
    made |= {field: value for field, value in origin.items() if field.startswith("vpcEndpoint")}
    if host:
        made["tlsDetails"] = {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": host,
        }
    return made | (extra or {})
