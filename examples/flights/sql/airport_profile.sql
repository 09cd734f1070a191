-- Facts that do not change: valid since before the first flight. Only airports that appear in the flights.
SELECT
  a.iata AS airport,
  TIMESTAMP '2000-01-01' AS event_timestamp,
  a.name AS airport_name,
  a.city,
  a.state,
  a.latitude,
  a.longitude
FROM airports AS a
WHERE a.iata IN (SELECT origin FROM flights UNION SELECT destination FROM flights)
