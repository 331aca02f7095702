-- Where callers bring a token, no permission of IAM lets anybody in.
SELECT account_id, arn, role_arn AS role,
  authorizer_configuration->'customJWTAuthorizer'->>'discoveryUrl' AS issuer,
  authorizer_configuration->'customJWTAuthorizer'->'allowedAudience' AS audience,
  authorizer_configuration->'customJWTAuthorizer'->'allowedClients' AS clients
FROM aws_bedrock_agentcore_runtime
