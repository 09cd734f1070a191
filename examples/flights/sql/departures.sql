-- A delay is known when the aircraft leaves, not when it was meant to.
SELECT
  origin,
  destination,
  date AS scheduled_at,
  date + to_minutes(greatest(delay, 0)) AS known_at,
  delay,
  delay > 15 AS late
FROM flights
WHERE date IS NOT NULL AND delay IS NOT NULL
