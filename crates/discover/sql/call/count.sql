-- How many calls of models there are, and whether trails delivered some twice: an id that comes more than once here may, for the ends
-- of ids are compared, which is a third of the memory.
SELECT coalesce(sum(n), 0) AS events, coalesce(max(n), 0) AS most
FROM (
  SELECT CASE WHEN event_id = '' THEN concat(object, ':', line) ELSE right(event_id, 12) END AS id, count(*) AS n
  FROM api_call WHERE $calls
  GROUP BY 1
)
