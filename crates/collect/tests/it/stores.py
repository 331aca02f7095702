"""Queues, topics and log groups for the tests of the places of logs: starts moto on a free port, fills it, prints what there is as one
line of JSON, and ends it when its input closes. `estate.py` does the same for the scan."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config

ACCOUNT = "123456789012"
REGION = "us-east-1"
KEYS = ["AWSLogs/a b/ü+c.log", "AWSLogs/d.log"]
QUARTER = 15 * 60 * 1000


def start() -> tuple[subprocess.Popen, str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).parent / "moto_server"), "-p", str(port), "-H", "127.0.0.1"]
    server = subprocess.Popen(
        command,
        env={**os.environ, "MOTO_EC2_LOAD_DEFAULT_AMIS": "false"},
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=1)
            return server, url
        except urllib.error.HTTPError:
            return server, url
        except OSError:
            time.sleep(0.2)
    server.terminate()
    sys.exit("moto does not answer")


def fill(url: str) -> dict:
    def client(service: str):
        return boto3.client(
            service, region_name=REGION, endpoint_url=url, aws_access_key_id=ACCOUNT, aws_secret_access_key="test",
            config=Config(retries={"max_attempts": 0}, s3={"addressing_style": "path"}),
        )

    sqs, sns, s3 = client("sqs"), client("sns"), client("s3")
    s3.create_bucket(Bucket="logs")
    s3.put_bucket_versioning(Bucket="logs", VersioningConfiguration={"Status": "Enabled"})
    told_by_s3(sqs, s3)
    told_by_others(sqs, sns, s3)
    sqs.create_queue(QueueName="empty")
    base = group(client("logs"))
    return {"url": url, "keys": KEYS, "base": base}


def queue(sqs, name: str) -> tuple[str, str]:
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    return url, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


def told_by_s3(sqs, s3) -> None:
    """The bucket's own notifications: a test event, and one for each object."""
    _, arn = queue(sqs, "told-by-s3")
    configuration = {"QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]}
    s3.put_bucket_notification_configuration(Bucket="logs", NotificationConfiguration=configuration)
    for key in KEYS:
        s3.put_object(Bucket="logs", Key=key, Body=key.encode())
    s3.put_bucket_notification_configuration(Bucket="logs", NotificationConfiguration={})
    # Without a version id, what the queue told of is gone.
    s3.put_object(Bucket="logs", Key=KEYS[1], Body=b"another")


def told_by_others(sqs, sns, s3) -> None:
    """Through a topic, with and without raw delivery, by EventBridge and by CloudTrail; and what no reader understands."""
    url, arn = queue(sqs, "told-by-others")
    names = ["through-sns", "raw", "event-bridge", "trail", "gone", "pair-1", "pair-2"]
    for name in names:
        s3.put_object(Bucket="logs", Key=f"AWSLogs/{name}", Body=name.encode())

    def record(name: str) -> dict:
        head = s3.head_object(Bucket="logs", Key=f"AWSLogs/{name}")
        stored = {"key": f"AWSLogs/{name}", "size": head["ContentLength"], "eTag": head["ETag"].strip('"'), "versionId": head["VersionId"]}
        return {
            "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": REGION, "eventTime": "2026-11-22T03:04:05.000Z",
            "eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "logs"}, "object": stored},
        }

    for name, raw in (("through-sns", "false"), ("raw", "true")):
        topic = sns.create_topic(Name=name)["TopicArn"]
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": raw})
        sns.publish(TopicArn=topic, Message=json.dumps({"Records": [record(name)]}))
    bridge = {
        "detail-type": "Object Created", "source": "aws.s3", "region": REGION, "time": "2026-11-22T03:04:05Z",
        "detail": {"bucket": {"name": "logs"}, "object": {"key": "AWSLogs/event-bridge", "size": 12, "etag": record("event-bridge")["s3"]["object"]["eTag"]}},
    }
    gone = record("gone")
    s3.delete_object(Bucket="logs", Key="AWSLogs/gone", VersionId=gone["s3"]["object"]["versionId"])
    bodies = [
        bridge,
        {"s3Bucket": "logs", "s3ObjectKey": ["AWSLogs/trail"]},
        {"s3Bucket": "logs", "s3ObjectKey": ["AWSLogs/never-there"]},
        {"Records": [gone]},
        {"Records": [record("pair-1"), record("pair-2")]},
        {"Records": [{**record("raw"), "eventName": "ObjectRemoved:Delete"}]},
    ]
    # The version that the queue told of stays readable.
    s3.put_object(Bucket="logs", Key="AWSLogs/raw", Body=b"another")
    for body in [json.dumps(body) for body in bodies] + ["hello"]:
        sqs.send_message(QueueUrl=url, MessageBody=body)


def group(logs) -> int:
    """Events of three quarters of an hour in two days, in two streams of a cluster; the first one's begin is given."""
    name = "/aws/eks/prod/cluster"
    logs.create_log_group(logGroupName=name)
    logs.create_log_group(logGroupName=f"{name}-2")
    now = int(time.time() * 1000)
    base = now - now % (24 * 60 * 60 * 1000) - 2 * 24 * 60 * 60 * 1000 + 4 * QUARTER
    for stream in ("kube-apiserver-1", "kube-apiserver-audit-1"):
        logs.create_log_stream(logGroupName=name, logStreamName=stream)
        times = [base, base + 1, base + QUARTER - 1, base + QUARTER, base + 24 * 60 * 60 * 1000 + 3]
        events = [{"timestamp": time, "message": json.dumps({"n": n, "of": stream})} for n, time in enumerate(times)]
        logs.put_log_events(logGroupName=name, logStreamName=stream, logEvents=events)
    return base


def main() -> None:
    server, url = start()
    try:
        print(json.dumps(fill(url)), flush=True)
        sys.stdin.read()
    finally:
        server.terminate()
        server.wait()


main()
