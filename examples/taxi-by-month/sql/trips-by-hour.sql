-- One row for each hour of a day in which trips began; the day is given as 2015-01-12. An hour without trips has no row.
-- A day is one value of the sort key, so Redshift reads that day only. The amounts are summed as in trips-by-month.sql.
SELECT
  CAST(EXTRACT(hour FROM pickup_datetime) AS SMALLINT) AS hour_of_day,
  COUNT(*) AS trips,
  CAST(SUM(DATEDIFF(second, pickup_datetime, dropoff_datetime)) / 3600.0 AS DECIMAL(18, 2)) AS hours_driven,
  SUM(CAST(trip_distance AS DECIMAL(12, 2))) AS distance_miles,
  SUM(CAST(fare_amount AS DECIMAL(12, 2))) AS fare_amount,
  SUM(CAST(total_amount AS DECIMAL(12, 2))) AS total_amount
FROM nyc_yellow_taxi
WHERE pickup_date = CAST(:day AS DATE)
GROUP BY 1
ORDER BY 1
