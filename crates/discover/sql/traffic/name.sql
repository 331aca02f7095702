-- Addresses that names had, for whom.
SELECT vpc_id, client_addr, query_name, answer, first_seen, last_seen, object, line
FROM dns_answer
WHERE answer_type IN ('A', 'AAAA') AND answer <> '' AND $window
