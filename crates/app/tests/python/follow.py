"""Serves moto on a free port: a bucket of flow logs, a bucket for a lake, a queue that tells of new logs, and a user whom its policies bind. Prints
the address, the queue's URL and the user's keys, then does what the lines of its standard input say, each answered with one line:

    put FROM TO      writes logs of these numbers and has the queue tell of them, of each third twice
    noise            a message that is no news
    deny, allow      whether the user may receive messages
    hide, show       whether the user may read the logs
    drop, make       removes the queue, makes it again
    left             how many messages are in the queue, whether somebody holds them or not

Arguments: the text of a log, with `PORT` for what differs. It ends when its standard input does."""

import json
import logging
import sys
import urllib.request

import boto3
from moto.server import ThreadedMotoServer

logging.getLogger("werkzeug").setLevel(logging.ERROR)
text = sys.argv[1]
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
url = f"http://{host}:{port}"


def client(service: str, key: str, secret: str):
    return boto3.client(service, endpoint_url=url, region_name="us-east-1", aws_access_key_id=key, aws_secret_access_key=secret)


def policy(effect: str, action: str, resource: str = "*") -> str:
    statement = {"Effect": effect, "Action": action, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


iam = client("iam", "123456789012", "x")
for name in ["owner", "reader"]:
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=policy("Allow", "*"))
keys = {name: iam.create_access_key(UserName=name)["AccessKey"] for name in ["owner", "reader"]}
owner = keys["owner"]["AccessKeyId"], keys["owner"]["SecretAccessKey"]
iam, s3, sqs = (client(service, *owner) for service in ["iam", "s3", "sqs"])
s3.create_bucket(Bucket="the-logs")
s3.create_bucket(Bucket="the-lake")
queue = sqs.create_queue(QueueName="told")["QueueUrl"]
# From here on policies hold.
plain = {"content-type": "text/plain"}
urllib.request.urlopen(urllib.request.Request(f"{url}/moto-api/reset-auth", data=b"0", headers=plain)).read()


def put(number: int) -> str:
    key = f"AWSLogs/123456789012/vpcflowlogs/us-east-1/2026/11/22/123456789012_vpcflowlogs_us-east-1_fl-1_20261122T0300Z_{number:05}.log"
    body = text.replace("PORT", str(1024 + number)).encode()
    etag = s3.put_object(Bucket="the-logs", Key=key, Body=body)["ETag"].strip('"')
    told = {"bucket": {"name": "the-logs"}, "object": {"key": key, "size": len(body), "eTag": etag}}
    event = {"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-1", "eventTime": "2026-11-22T03:05:00.000Z",
             "eventName": "ObjectCreated:Put", "s3": told}
    return json.dumps({"Records": [event]})


def send(bodies: list[str]) -> None:
    for start in range(0, len(bodies), 10):
        batch = bodies[start : start + 10]
        sqs.send_message_batch(QueueUrl=queue, Entries=[{"Id": str(n), "MessageBody": body} for n, body in enumerate(batch)])


def left() -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    told = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return sum(int(told[name]) for name in names)


def do(act: str, *more: str) -> str:
    match act:
        case "put":
            bodies = [put(number) for number in range(int(more[0]), int(more[1]))]
            send(bodies + bodies[::3])
        case "noise":
            send(["this is no news"])
        case "deny":
            iam.put_user_policy(UserName="reader", PolicyName="not", PolicyDocument=policy("Deny", "sqs:ReceiveMessage"))
        case "allow":
            iam.delete_user_policy(UserName="reader", PolicyName="not")
        case "hide":
            hidden = policy("Deny", "s3:GetObject", "arn:aws:s3:::the-logs/*")
            iam.put_user_policy(UserName="reader", PolicyName="hidden", PolicyDocument=hidden)
        case "show":
            iam.delete_user_policy(UserName="reader", PolicyName="hidden")
        case "drop":
            sqs.delete_queue(QueueUrl=queue)
        case "make":
            sqs.create_queue(QueueName="told")
        case "left":
            return str(left())
        case _:
            raise ValueError(act)
    return "done"


print(url, queue, keys["reader"]["AccessKeyId"], keys["reader"]["SecretAccessKey"], flush=True)
for line in sys.stdin:
    print(do(*line.split()), flush=True)
server.stop()
