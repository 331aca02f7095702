-- Which service account pods of a name ran as, in every scan: pods are gone sooner than the logs of their calls.
SELECT DISTINCT account_id, config->>'cluster_name' AS cluster, config->>'namespace' AS namespace,
  config->>'service_account' AS service_account, config->>'name' AS pod
FROM resource
WHERE table_name = 'kubernetes_pod'
