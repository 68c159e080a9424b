-- Loads the trips of 2015 from the public bucket of the AWS sample. Before you run it, replace
--   <account-id>  with the ID of your AWS account,
--   <role-name>   with an IAM role that is attached to your cluster or namespace and can read s3://event-driven-app-with-lambda-redshift.
-- Don't change the Region: it is the Region of the bucket.
COPY nyc_yellow_taxi
FROM 's3://event-driven-app-with-lambda-redshift/nyc_yellow_taxi_raw/'
IAM_ROLE 'arn:aws:iam::<account-id>:role/<role-name>'
REGION 'us-west-2'
DELIMITER '|';
