SELECT
  origin,
  destination,
  date AS event_timestamp,
  distance,
  delay > 15 AS late
FROM flights
WHERE date IS NOT NULL AND delay IS NOT NULL
