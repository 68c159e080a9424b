-- Loads the trips of 2015 from the public bucket of the AWS sample. Before you run it, replace
--   <account-id>  the number of your AWS account,
--   <role-name>   an IAM role that is attached to your cluster or namespace and may read s3://event-driven-app-with-lambda-redshift.
-- Leave the Region as it is: it is the bucket's, not your cluster's.
COPY nyc_yellow_taxi
FROM 's3://event-driven-app-with-lambda-redshift/nyc_yellow_taxi_raw/'
IAM_ROLE 'arn:aws:iam::<account-id>:role/<role-name>'
REGION 'us-west-2'
DELIMITER '|';
