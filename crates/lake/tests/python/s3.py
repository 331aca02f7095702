"""Serves moto's S3 on a free port with a bucket in it; prints its address and ends when its standard input does."""

import sys

import boto3
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
url = f"http://{host}:{port}"
s3 = boto3.client("s3", endpoint_url=url, region_name="us-east-1", aws_access_key_id="123456789012", aws_secret_access_key="x")
s3.create_bucket(Bucket="the-lake")
print(url, flush=True)
sys.stdin.read()
server.stop()
