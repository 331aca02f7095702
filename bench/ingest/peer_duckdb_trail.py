"""DuckDB: CloudTrail files under a folder to a Parquet file of calls. Usage: peer_duckdb_trail.py FOLDER OUT [THREADS]

Its best case: nothing is inferred, only what becomes a column is parsed, the paths are those of a struct, and the objects are read whole
(`read_json_objects`) and parsed by `from_json`: `read_json` with `columns`, the way its manual names first, takes seven times as long.
"""

import json
import sys

import duckdb

FOLDER, OUT = sys.argv[1], sys.argv[2]
THREADS = sys.argv[3] if len(sys.argv) > 3 else "2"

TEXT = "VARCHAR"
RECORD = {
    "eventID": TEXT, "eventTime": "TIMESTAMP", "recipientAccountId": TEXT, "awsRegion": TEXT, "eventSource": TEXT, "eventName": TEXT,
    "eventCategory": TEXT, "readOnly": "BOOLEAN",
    "userIdentity": {
        "type": TEXT, "arn": TEXT, "accountId": TEXT, "principalId": TEXT, "userName": TEXT, "accessKeyId": TEXT, "invokedBy": TEXT,
        "sessionContext": {"sessionIssuer": {"arn": TEXT, "userName": TEXT}, "ec2RoleDelivery": TEXT}},
    "sourceIPAddress": TEXT, "userAgent": TEXT, "vpcEndpointId": TEXT, "tlsDetails": {"clientProvidedHostHeader": TEXT}, "errorCode": TEXT,
    "errorMessage": TEXT, "requestID": TEXT, "resources": [{"ARN": TEXT}], "requestParameters": "JSON",
    "responseElements": {"credentials": {"accessKeyId": TEXT}},
    "additionalEventData": {"inferenceRegion": TEXT, "callWithBearerToken": "BOOLEAN"},
}
REQUEST = "r.\"requestParameters\"->>'$."

QUERY = f"""
COPY (
  SELECT r."eventID" AS event_id, r."eventTime" AS event_time, r."recipientAccountId" AS account_id, r."awsRegion" AS region,
    r."eventSource" AS event_source, r."eventName" AS event_name, r."eventCategory" AS event_category, r."readOnly" AS read_only,
    r."userIdentity"."type" AS identity_type, r."userIdentity".arn AS identity_arn, r."userIdentity"."accountId" AS identity_account_id,
    r."userIdentity"."principalId" AS principal_id,
    coalesce(r."userIdentity"."userName", r."userIdentity"."sessionContext"."sessionIssuer"."userName") AS user_name,
    r."userIdentity"."sessionContext"."sessionIssuer".arn AS issuer_arn, r."userIdentity"."accessKeyId" AS access_key_id,
    r."userIdentity"."sessionContext"."ec2RoleDelivery" AS ec2_role_delivery, r."userIdentity"."invokedBy" AS invoked_by,
    r."sourceIPAddress" AS source_ip, r."userAgent" AS user_agent, r."vpcEndpointId" AS vpc_endpoint_id,
    r."tlsDetails"."clientProvidedHostHeader" AS host, {REQUEST}modelId' AS model_id, {REQUEST}guardrailIdentifier' AS guardrail_id,
    r."additionalEventData"."inferenceRegion" AS inference_region, r."additionalEventData"."callWithBearerToken" AS bearer_token,
    r."errorCode" AS error_code, r."errorMessage" AS error_message, r."requestID" AS request_id, {REQUEST}roleArn' AS assumed_role_arn,
    r."responseElements".credentials."accessKeyId" AS issued_access_key_id,
    list_transform(r."resources", lambda x: x."ARN") AS resources, r."requestParameters" AS request_parameters
  FROM (SELECT unnest(from_json(json, '{json.dumps({"Records": [RECORD]})}')."Records") AS r
    FROM read_json_objects('{FOLDER}/**/*.gz', format = 'unstructured', compression = 'gzip', maximum_object_size = 16777216))
) TO '{OUT}' (FORMAT parquet, COMPRESSION zstd)
"""

connection = duckdb.connect(config={"threads": THREADS, "preserve_insertion_order": "false"})
connection.execute(QUERY)
