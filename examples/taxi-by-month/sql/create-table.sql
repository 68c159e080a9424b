-- The yellow taxi trips of New York, one row for each trip. Because of the sort key, a query for a month reads only that month.
CREATE TABLE nyc_yellow_taxi (
  pickup_date DATE SORTKEY,
  pickup_datetime TIMESTAMP,
  dropoff_datetime TIMESTAMP,
  ratecode SMALLINT,
  passenger_count SMALLINT,
  trip_distance FLOAT4,
  fare_amount FLOAT4,
  total_amount FLOAT4,
  payment_type SMALLINT,
  vendorid VARCHAR(20)
);
