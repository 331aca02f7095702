-- Marks of known campaigns and tools: kind (address, agent), mark (the address, or a pattern of the user agent), since, source.
select * from (values
  ('address', '83.7.139.184', '2024-05', 'seen in thefts of model access'),
  ('agent', '^Boto3/1[.]29[.]7 .*windows#10.*arch#amd64', '2024-05', 'seen in thefts of model access'),
  ('agent', '(?i)(oai[-_ ]?reverse[-_ ]?proxy|keychecker|key-checker)', '2024-05', 'a proxy for stolen keys, or what tries them'),
  ('agent', '(?i)stratus-red-team', '2022-01', 'a tool that imitates attacks'),
  ('agent', '(?i)(pacu|cloudfox|trufflehog|cloudgoat|scoutsuite)', '2020-01', 'a tool for attacks on cloud accounts')
) as known(kind, mark, since, source)
