-- Times between two records of a log in which no object has one. A flow log's objects are told apart by its id in their names.
WITH object AS (
  SELECT source, coalesce(account_id, '') AS account_id, coalesce(region, '') AS region,
    coalesce(CASE WHEN source = 'vpc_flow' THEN regexp_match(uri, '_(fl-[0-9a-z]+)_')[1] END, '') AS subject,
    first_seen AS begins, last_seen AS ends, coalesce(records, 0) AS records
  FROM log_object
  WHERE coalesce(seq, 1) > 0 AND status IN ('read', 'partial') AND first_seen IS NOT NULL AND last_seen IS NOT NULL
    AND source IN ('vpc_flow', 'transit_gateway_flow', 'cloudtrail', 'resolver_query', 'bedrock_invocation')
), placed AS (
  SELECT *, max(ends) OVER (
    PARTITION BY source, account_id, region, subject ORDER BY begins, ends ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
  ) AS before
  FROM object
), whole AS (
  SELECT source, account_id, region, subject, sum(records) AS records,
    date_part('epoch', max(ends)) - date_part('epoch', min(begins)) AS seconds
  FROM object GROUP BY 1, 2, 3, 4
), silence AS (
  SELECT p.source, p.account_id, p.region, p.subject, p.before AS first_seen, p.begins AS last_seen,
    date_part('epoch', p.begins) - date_part('epoch', p.before) AS seconds,
    (date_part('epoch', p.begins) - date_part('epoch', p.before)) * w.records / w.seconds AS expected
  FROM placed p
  JOIN whole w ON w.source = p.source AND w.account_id = p.account_id AND w.region = p.region AND w.subject = p.subject
  WHERE w.seconds > 0 AND p.begins > p.before + INTERVAL '2 minutes'
)
SELECT source, account_id, region, subject, first_seen, last_seen, seconds, expected
FROM silence WHERE expected >= $least OR seconds >= 3600
ORDER BY 1, 2, 3, 4, 5
