"""Serves moto on a free port, with answers of SageMaker endpoints queued in the order of the arguments; prints its address and ends when its
standard input does."""

import json
import sys
import urllib.request

from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
url = f"http://{host}:{port}"
results = [{"Body": body, "ContentType": "application/json"} for body in sys.argv[1:]]
queue = urllib.request.Request(
    f"{url}/moto-api/static/sagemaker/endpoint-results",
    data=json.dumps({"account_id": "123456789012", "region": "us-east-1", "results": results}).encode(),
    headers={"content-type": "application/json"},
)
urllib.request.urlopen(queue).read()
print(url, flush=True)
sys.stdin.read()
server.stop()
