-- Calls that are more than steady use of models, each one row: look-ups, changes and refusals of the AI services, and changes of keys and
-- logs elsewhere. `episode` numbers the stretches of an identity's calls that an hour without any separates.
select *, sum(begins) over (partition by identity, account_id order by first_seen, event_id) as episode
from (
  select *, case when first_seen - lag(first_seen) over (partition by identity, account_id order by first_seen, event_id) <= interval '1 hours'
      then 0 else 1 end as begins
  from (
    select $identity as identity, account_id, region, event_source, event_name, event_category, event_time as first_seen, event_time as last_seen,
      1 as events, model_id, $model as model, guardrail_id, $net as net, $error as error, error_message, read_only,
      coalesce(bearer_token, false) as bearer, identity_type, session_name, user_name, invoked_by, source_ip, user_agent, access_key_id,
      request_parameters, resources, object, line, event_id, $inference as inference
    from api_call c
    where event_time >= $history and event_time < $until and identity_type <> 'AWSService' and event_category <> 'Insight' and (
      (event_source in ('bedrock.amazonaws.com', 'bedrock-mantle.amazonaws.com', 'bedrock-agentcore.amazonaws.com', 'aws-external-anthropic.amazonaws.com', 'aws-marketplace.amazonaws.com')
        and event_name not in ('ApplyGuardrail', 'CountTokens')
        and not ($inference and $error in ('', 'throttled', 'failed')))
      or (event_source = 'sagemaker.amazonaws.com' and (
        event_name like 'Create%' or event_name like 'Update%' or event_name like 'Delete%' or event_name like 'Put%'
        or ($inference and $error in ('denied', 'invalid'))))
      or (event_source = 'iam.amazonaws.com' and event_name in ('CreateUser', 'CreateAccessKey', 'CreateLoginProfile', 'UpdateLoginProfile',
        'CreateServiceSpecificCredential', 'ResetServiceSpecificCredential', 'AttachUserPolicy', 'PutUserPolicy', 'AddUserToGroup'))
      or (event_source = 'cloudtrail.amazonaws.com' and event_name in ('StopLogging', 'DeleteTrail', 'PutEventSelectors', 'UpdateTrail',
        'DeleteEventDataStore', 'StopEventDataStoreIngestion', 'UpdateEventDataStore'))
      or (event_source = 'ec2.amazonaws.com' and event_name = 'DeleteFlowLogs')
      or (event_source = 'route53resolver.amazonaws.com' and event_name in ('DeleteResolverQueryLogConfig', 'DisassociateResolverQueryLogConfig'))
    )
    and not exists (
      select 1 from our_call o
      where o.account_id = c.account_id and o.region = c.region and o.minute = date_trunc('minute', c.event_time)
        and (strpos(c.user_agent, 'sightline-probe/' || o.run_id) > 0 or (o.model_id = c.model_id and c.event_name = 'Converse'))
    )
  )
)
