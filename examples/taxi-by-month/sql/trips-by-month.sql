-- Returns a row for each day of a month, such as 2015-01, on which trips began.
-- The range of dates, unlike a comparison of formatted dates, uses the sort key, so Redshift reads only that month.
-- A REAL value has about seven digits. Each amount is cast to DECIMAL before the sum, so that the sum is exact.
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
