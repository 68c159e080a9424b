-- Returns a row for each hour of a day, such as 2015-01-12, in which trips began. An hour without trips has no row.
-- The day is a value of the sort key, so Redshift reads only that day. trips-by-month.sql explains the casts of the amounts.
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
