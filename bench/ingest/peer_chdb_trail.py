"""ClickHouse (chdb): CloudTrail files under a folder to a Parquet file of calls. Usage: peer_chdb_trail.py FOLDER OUT [THREADS]

Its best case: nothing is inferred, only what becomes a column is parsed, the paths are those of a tuple.
"""

import os
import sys

import chdb

FOLDER, OUT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
THREADS = sys.argv[3] if len(sys.argv) > 3 else "2"

TEXT = "String"
MAYBE = "Nullable(Bool)"
RECORD = {
    "eventID": TEXT, "eventTime": TEXT, "recipientAccountId": TEXT, "awsRegion": TEXT, "eventSource": TEXT, "eventName": TEXT,
    "eventCategory": TEXT, "readOnly": MAYBE,
    "userIdentity": {
        "type": TEXT, "arn": TEXT, "accountId": TEXT, "principalId": TEXT, "userName": TEXT, "accessKeyId": TEXT, "invokedBy": TEXT,
        "sessionContext": {"sessionIssuer": {"arn": TEXT, "userName": TEXT}, "ec2RoleDelivery": TEXT}},
    "sourceIPAddress": TEXT, "userAgent": TEXT, "vpcEndpointId": TEXT, "tlsDetails": {"clientProvidedHostHeader": TEXT}, "errorCode": TEXT,
    "errorMessage": TEXT, "requestID": TEXT, "resources": [{"ARN": TEXT}], "requestParameters": TEXT,
    "responseElements": {"credentials": {"accessKeyId": TEXT}},
    "additionalEventData": {"inferenceRegion": TEXT, "callWithBearerToken": MAYBE},
}


def kind(of: object) -> str:
    if isinstance(of, str):
        return of
    if isinstance(of, list):
        return f"Array({kind(of[0])})"
    assert isinstance(of, dict)
    return f"Tuple({', '.join(f'`{name}` {kind(part)}' for name, part in of.items())})"


def request(name: str) -> str:
    return f"simpleJSONExtractString(r.requestParameters, '{name}')"


QUERY = f"""
INSERT INTO FUNCTION file('{OUT}', 'Parquet')
SELECT r.eventID AS event_id, parseDateTimeBestEffort(r.eventTime) AS event_time, r.recipientAccountId AS account_id, r.awsRegion AS region,
  r.eventSource AS event_source, r.eventName AS event_name, r.eventCategory AS event_category, r.readOnly AS read_only,
  r.userIdentity.type AS identity_type, r.userIdentity.arn AS identity_arn, r.userIdentity.accountId AS identity_account_id,
  r.userIdentity.principalId AS principal_id,
  if(r.userIdentity.userName != '', r.userIdentity.userName, r.userIdentity.sessionContext.sessionIssuer.userName) AS user_name,
  r.userIdentity.sessionContext.sessionIssuer.arn AS issuer_arn, r.userIdentity.accessKeyId AS access_key_id,
  r.userIdentity.sessionContext.ec2RoleDelivery AS ec2_role_delivery, r.userIdentity.invokedBy AS invoked_by,
  r.sourceIPAddress AS source_ip, r.userAgent AS user_agent, r.vpcEndpointId AS vpc_endpoint_id,
  r.tlsDetails.clientProvidedHostHeader AS host, {request('modelId')} AS model_id, {request('guardrailIdentifier')} AS guardrail_id,
  r.additionalEventData.inferenceRegion AS inference_region, r.additionalEventData.callWithBearerToken AS bearer_token,
  r.errorCode AS error_code, r.errorMessage AS error_message, r.requestID AS request_id, {request('roleArn')} AS assumed_role_arn,
  r.responseElements.credentials.accessKeyId AS issued_access_key_id, r.resources.ARN AS resources,
  r.requestParameters AS request_parameters
FROM (SELECT arrayJoin(Records) AS r FROM file('{FOLDER}/**/*.gz', 'JSONEachRow', '`Records` {kind([RECORD])}', 'gzip'))
SETTINGS max_threads = {THREADS}, input_format_skip_unknown_fields = 1, input_format_json_ignore_unknown_keys_in_named_tuple = 1,
  input_format_json_read_objects_as_strings = 1, input_format_json_defaults_for_missing_elements_in_named_tuple = 1,
  input_format_null_as_default = 1, input_format_parallel_parsing = 0, engine_file_truncate_on_insert = 1
"""

chdb.query(QUERY)
