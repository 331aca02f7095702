SELECT content FROM day_group WHERE run_id = '$run' AND day = TIMESTAMP '$day' AND kind = '$kind' AND digest = '$digest'
