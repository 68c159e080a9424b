-- One row for each day of a month, which is given as 2015-01.
-- Parameters arrive as text, so the month is cast here; the half-open range lets the sort key skip all other months.
-- A REAL holds about seven digits, so each amount is cast to DECIMAL before it is summed, and the sums are exact.
SELECT
  pickup_date,
  COUNT(*) AS trips,
  CAST(SUM(DATEDIFF(second, pickup_datetime, dropoff_datetime)) / 3600.0 AS DECIMAL(18, 2)) AS hours_driven,
  SUM(CAST(trip_distance AS DECIMAL(12, 2))) AS distance_miles,
  SUM(CAST(fare_amount AS DECIMAL(12, 2))) AS fare_amount,
  SUM(CAST(total_amount AS DECIMAL(12, 2))) AS total_amount
FROM nyc_yellow_taxi
WHERE pickup_date >= CAST(:trip_month || '-01' AS DATE)
  AND pickup_date < DATEADD(month, 1, CAST(:trip_month || '-01' AS DATE))
GROUP BY pickup_date
ORDER BY pickup_date
