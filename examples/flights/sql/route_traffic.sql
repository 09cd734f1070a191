-- One row per route and day with departures, stamped with the end of the day.
WITH days AS (
  SELECT
    origin,
    destination,
    time_bucket(INTERVAL 1 DAY, known_at) + INTERVAL 1 DAY AS event_timestamp,
    count(*) AS departures,
    sum(delay) AS delay,
    count(*) FILTER (late) AS late
  FROM departures
  GROUP BY ALL
)
SELECT
  origin,
  destination,
  event_timestamp,
  CAST(sum(departures) OVER days_7 AS INTEGER) AS route_departures_7d,
  CAST(sum(departures) OVER days_28 AS INTEGER) AS route_departures_28d,
  sum(delay) OVER days_7 / sum(departures) OVER days_7 AS route_mean_delay_7d,
  sum(delay) OVER days_28 / sum(departures) OVER days_28 AS route_mean_delay_28d,
  sum(late) OVER days_28 / sum(departures) OVER days_28 AS route_late_share_28d
FROM days
WINDOW
  days_7 AS (PARTITION BY origin, destination ORDER BY event_timestamp RANGE BETWEEN INTERVAL 6 DAY PRECEDING AND CURRENT ROW),
  days_28 AS (PARTITION BY origin, destination ORDER BY event_timestamp RANGE BETWEEN INTERVAL 27 DAY PRECEDING AND CURRENT ROW)
