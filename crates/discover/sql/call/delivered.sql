-- Calls of models, each event once: several trails may deliver it. Of an event the first place is taken. What is held in memory is
-- what stands left of a join: here the places, which are narrow.
SELECT c.* FROM (
  SELECT min(concat(object, ':', line)) AS at
  FROM api_call WHERE $calls
  GROUP BY account_id, region, CASE WHEN event_id = '' THEN concat(object, ':', line) ELSE event_id END
) once
RIGHT SEMI JOIN (SELECT *, concat(object, ':', line) AS at FROM api_call WHERE $calls) c ON once.at = c.at
