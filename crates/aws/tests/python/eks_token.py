"""Reads `{"cases": […], "tokens": […]}`, makes the tokens of the cases with botocore, as the AWS command line does for
`aws eks get-token`, and says whether they are the same: the query's parameters as a set, for their order means nothing."""

import base64
import datetime
import json
import sys
import urllib.parse
from unittest import mock

import botocore.auth
import botocore.session
from botocore.credentials import Credentials
from botocore.model import ServiceId
from botocore.signers import RequestSigner

PREFIX = "k8s-aws-v1."


def expected(key, secret, session_token, region, cluster, seconds):
    session = botocore.session.Session()
    session.set_credentials(key, secret, session_token)
    client = session.create_client("sts", region_name=region)
    signer = RequestSigner(
        ServiceId("sts"), region, "sts", "v4", Credentials(key, secret, session_token), session.get_component("event_emitter")
    )
    request = {
        "method": "GET",
        "url": f"{client.meta.endpoint_url}/?Action=GetCallerIdentity&Version=2011-06-15",
        "body": {},
        "headers": {"x-k8s-aws-id": cluster},
        "context": {},
    }
    now = datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)
    clock = "get_current_datetime" if hasattr(botocore.auth, "get_current_datetime") else None
    if clock:
        with mock.patch.object(botocore.auth, clock, lambda remove_tzinfo=True: now.replace(tzinfo=None)):
            url = signer.generate_presigned_url(request, region_name=region, expires_in=60, operation_name="")
    else:
        with mock.patch.object(botocore.auth.datetime, "datetime", mock.Mock(utcnow=lambda: now.replace(tzinfo=None))):
            url = signer.generate_presigned_url(request, region_name=region, expires_in=60, operation_name="")
    return url


def taken_apart(url):
    parts = urllib.parse.urlsplit(url)
    return parts.scheme, parts.netloc, parts.path, sorted(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))


def main():
    task = json.load(sys.stdin)
    for case, token in zip(task["cases"], task["tokens"], strict=True):
        assert token.startswith(PREFIX)
        encoded = token[len(PREFIX) :]
        url = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode()
        wanted = expected(*case)
        if taken_apart(url) != taken_apart(wanted):
            print(f"ours:   {url}\ntheirs: {wanted}")
            sys.exit(1)
    print(f"{len(task['tokens'])} tokens are the same")


main()
