import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import { ConnectionAccess, DatabaseUser, QueryParameter, RedshiftCluster, SqlTemplate } from '../../src';
import type { RedshiftWebSocketQueryProps } from '../../src';

/** Every prop, each with another value than its default. */
export const COMPLETE_PROPS: Required<RedshiftWebSocketQueryProps> = {
  cluster: RedshiftCluster.fromWorkgroupArn('arn:aws:redshift-serverless:us-east-1:111122223333:workgroup/0f1c2d3e-aaaa-bbbb-cccc-1234567890ab'),
  databaseName: 'dev',
  databaseUser: DatabaseUser.iam(),
  sql: SqlTemplate.inline('SELECT * FROM trips WHERE month = :trip_month AND zone = :zone'),
  parameters: {
    trip_month: QueryParameter.string({ pattern: '^\\d{4}-\\d{2}$', minLength: 7, maxLength: 7 }),
    zone: QueryParameter.string(),
  },
  access: ConnectionAccess.open(),
  allowedOrigins: ['https://app.example.com'],
  throttle: { rateLimit: 10, burstLimit: 20 },
  stageName: 'live',
  timeLimit: Duration.minutes(5),
  resultReuse: Duration.minutes(90),
  resultRetention: Duration.days(3),
  maximumRows: 1000,
  maximumBytes: 1_000_000,
  allowWrites: true,
  queriesPerConnection: 3,
  queriesPerCaller: 7,
  logRetention: logs.RetentionDays.ONE_YEAR,
  removalPolicy: RemovalPolicy.RETAIN,
};
