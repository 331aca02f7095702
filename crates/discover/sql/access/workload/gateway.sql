SELECT account_id, arn, role_arn AS role, CASE WHEN authorizer_type = 'NONE' THEN 'NONE' END AS url,
  authorizer_configuration->'customJWTAuthorizer'->>'discoveryUrl' AS issuer,
  authorizer_configuration->'customJWTAuthorizer'->'allowedAudience' AS audience,
  authorizer_configuration->'customJWTAuthorizer'->'allowedClients' AS clients
FROM aws_bedrock_agentcore_gateway
