-- What earlier discoveries kept, without the content.
SELECT day, kind, digest, max(run_id) AS run_id FROM day_group GROUP BY day, kind, digest
