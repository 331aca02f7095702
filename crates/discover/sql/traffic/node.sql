-- Instances that are nodes of clusters.
SELECT DISTINCT config->>'instance_id' AS instance_id FROM resource
WHERE table_name = 'kubernetes_node' AND config->>'instance_id' <> ''
