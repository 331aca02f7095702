"""Log files as a real account would have them, made from the ground truth: CloudTrail, VPC flow logs,
Resolver query logs, Bedrock's invocation logs.

Field names, shapes and key layouts follow AWS's documentation and public samples. Everything is a function of the
traffic table, the estate's ids and the end of the window: the same input gives the same bytes.
"""
