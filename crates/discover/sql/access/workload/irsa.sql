-- Roles that an identity provider may hand out, and what they ask of its tokens.
SELECT account_id, arn, assume_role_policy_document AS trust FROM aws_iam_role
WHERE CAST(assume_role_policy_document AS varchar) LIKE '%oidc-provider/%'
