"""Serves moto with a topic and an event bus whose messages end in one queue; prints its address, the ARNs of topic and bus, and the queue's URL, as
one line of JSON, and ends when its standard input does."""

import json
import sys

import boto3
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
url = f"http://{host}:{port}"


def client(service):
    return boto3.client(
        service, endpoint_url=url, region_name="eu-west-1", aws_access_key_id="AKIAEXAMPLE", aws_secret_access_key="x"
    )


queue = client("sqs").create_queue(QueueName="notices")["QueueUrl"]
queue_arn = client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
topic = client("sns").create_topic(Name="ai-alerts")["TopicArn"]
client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn)
bus = client("events").create_event_bus(Name="ai-alerts")["EventBusArn"]
pattern = json.dumps({"source": ["sightline"]})
client("events").put_rule(Name="ours", EventBusName="ai-alerts", EventPattern=pattern)
client("events").put_targets(Rule="ours", EventBusName="ai-alerts", Targets=[{"Id": "q", "Arn": queue_arn}])
print(json.dumps({"url": url, "topic": topic, "bus": bus, "queue": queue}), flush=True)
for line in sys.stdin:
    # Each line asks for what the queue has.
    got = client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    print(json.dumps([json.loads(one["Body"]) for one in got.get("Messages", [])]), flush=True)
server.stop()
