-- The time that a table's rows are of, where no list of log objects tells it.
SELECT min($column) AS first_seen, max($column) AS last_seen FROM $table WHERE $window
