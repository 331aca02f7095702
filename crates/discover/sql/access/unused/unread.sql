-- Log objects of which not all could be read.
SELECT count(*) AS objects FROM log_object WHERE source = 'cloudtrail' AND status IN ('partial', 'unreadable')
