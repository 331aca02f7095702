"""Serves moto on a free port: a bucket of flow logs, a bucket for a lake, and a queue that tells of each log, of each fifth twice, as SQS may. Prints
the address and the queue's URL, and ends when its standard input does. Arguments: of how many logs the queue tells, which takes moto a time that grows
with the square; how many there are; the text of one, with `PORT` for what differs."""

import json
import logging
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)
told, count = int(sys.argv[1]), int(sys.argv[2])
text = sys.argv[3]
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
url = f"http://{host}:{port}"
keys = {"region_name": "us-east-1", "aws_access_key_id": "123456789012", "aws_secret_access_key": "x"}
s3 = boto3.client("s3", endpoint_url=url, **keys)
sqs = boto3.client("sqs", endpoint_url=url, **keys)
s3.create_bucket(Bucket="the-logs")
s3.create_bucket(Bucket="the-lake")
queue = sqs.create_queue(QueueName="told")["QueueUrl"]


def key(number: int) -> str:
    folder = "AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/22"
    return f"{folder}/123456789012_vpcflowlogs_us-east-1_fl-1_20261122T0300Z_{number:05}.log"


def put(number: int) -> dict:
    body = text.replace("PORT", str(1024 + number)).encode()
    answer = s3.put_object(Bucket="the-logs", Key=key(number), Body=body)
    stored = {"bucket": {"name": "the-logs"}, "object": {"key": key(number), "size": len(body), "eTag": answer["ETag"].strip('"')}}
    return {"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1", "eventTime": "2026-11-22T03:05:00.000Z",
            "eventName": "ObjectCreated:Put", "s3": stored}


with ThreadPoolExecutor(8) as pool:
    records = list(pool.map(put, range(count)))
# Directly, and through SNS: the second delivery of the same news.
plain = [json.dumps({"Records": [record]}) for record in records[:told]]
wrapped = [json.dumps({"Type": "Notification", "Message": body}) for body in plain]
bodies = plain + wrapped[::-5] + ["this is no news"]
for start in range(0, len(bodies), 10):
    batch = bodies[start : start + 10]
    sqs.send_message_batch(QueueUrl=queue, Entries=[{"Id": str(n), "MessageBody": body} for n, body in enumerate(batch)])
print(url, queue, flush=True)
sys.stdin.read()
server.stop()
