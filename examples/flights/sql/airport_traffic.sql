-- One row per airport and quarter of an hour with departures, stamped with the end of the quarter:
-- that is when all of its delays are known.
WITH quarters AS (
  SELECT
    origin AS airport,
    time_bucket(INTERVAL 15 MINUTE, known_at) + INTERVAL 15 MINUTE AS event_timestamp,
    count(*) AS departures,
    sum(delay) AS delay,
    count(*) FILTER (late) AS late
  FROM departures
  GROUP BY ALL
)
SELECT
  airport,
  event_timestamp,
  CAST(sum(departures) OVER hour_1 AS INTEGER) AS departures_1h,
  CAST(sum(departures) OVER hours_24 AS INTEGER) AS departures_24h,
  CAST(sum(departures) OVER days_7 AS INTEGER) AS departures_7d,
  sum(delay) OVER hour_1 / sum(departures) OVER hour_1 AS mean_delay_1h,
  sum(delay) OVER hours_24 / sum(departures) OVER hours_24 AS mean_delay_24h,
  sum(delay) OVER days_7 / sum(departures) OVER days_7 AS mean_delay_7d,
  sum(late) OVER hours_24 / sum(departures) OVER hours_24 AS late_share_24h
FROM quarters
WINDOW
  hour_1 AS (PARTITION BY airport ORDER BY event_timestamp RANGE BETWEEN INTERVAL 45 MINUTE PRECEDING AND CURRENT ROW),
  hours_24 AS (PARTITION BY airport ORDER BY event_timestamp RANGE BETWEEN INTERVAL 1425 MINUTE PRECEDING AND CURRENT ROW),
  days_7 AS (PARTITION BY airport ORDER BY event_timestamp RANGE BETWEEN INTERVAL 10065 MINUTE PRECEDING AND CURRENT ROW)
