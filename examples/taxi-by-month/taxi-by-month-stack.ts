import * as path from 'path';
import { Annotations, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Page } from './page-construct';
import { ConnectionAccess, DatabaseUser, QueryParameter, RedshiftCluster, RedshiftWebSocketQuery, SqlTemplate } from 'cdk-redshift-websocket-query';

/** Properties of the stack. `app.ts` reads them from the context, such as `cdk deploy -c clusterIdentifier=analytics`. */
export interface TaxiByMonthStackProps extends StackProps {
  /** Identifier of a provisioned cluster. @default 'redshift-cluster-1', the default of the Redshift console */
  readonly clusterIdentifier?: string;
  /** Name of a Serverless workgroup, instead of a cluster. @default - the cluster */
  readonly workgroupName?: string;
  /** Name of the database. @default 'dev' */
  readonly databaseName?: string;
  /** Database user of a provisioned cluster. @default - 'awsuser' on a cluster, the IAM role of the functions on a workgroup */
  readonly databaseUser?: string;
  /** Sentence that the page shows below its heading, such as the source of the trips. @default - none */
  readonly notice?: string;
}

/** Pushes the taxi trips of a month by day, and of a day by hour, to a web page. */
export class TaxiByMonthStack extends Stack {
  public readonly trips: RedshiftWebSocketQuery;

  constructor(scope: Construct, id: string, props: TaxiByMonthStackProps = {}) {
    super(scope, id, props);
    const page = new Page(this, 'Page');

    this.trips = new RedshiftWebSocketQuery(this, 'TripsByMonth', {
      cluster: clusterFor(props),
      databaseName: props.databaseName ?? 'dev',
      databaseUser: databaseUserFor(props),
      sql: SqlTemplate.fromFile(path.join(__dirname, 'sql', 'trips-by-month.sql')),
      parameters: { trip_month: QueryParameter.string({ pattern: '^\\d{4}-(0[1-9]|1[0-2])$' }) },
      maxRows: 31, // days of a month
      access: ConnectionAccess.open(),
      allowedOrigins: [page.url],
    });
    this.trips.addQuery('by_hour', {
      sql: SqlTemplate.fromFile(path.join(__dirname, 'sql', 'trips-by-hour.sql')),
      parameters: { day: QueryParameter.date() },
      timeout: Duration.minutes(5),
      resultReuse: Duration.minutes(10),
      maxRows: 25, // hours of a day, and NULL
    });
    Annotations.of(this.trips).acknowledgeWarning('cdk-redshift-websocket-query:openAccess', 'The trips are public.');
    this.trips.writeClientTypes(path.join(__dirname, 'queries.d.ts'));

    page.deploy({ url: this.trips.url, month: '2015-01', notice: props.notice });

    new CfnOutput(this, 'RedshiftDataApiWebSocketEndpoint', { value: this.trips.url, description: 'URL that clients connect to' });
    new CfnOutput(this, 'PageAddress', { value: page.url, description: 'URL of the web page' });
  }
}

function clusterFor({ clusterIdentifier, workgroupName }: TaxiByMonthStackProps): RedshiftCluster {
  if (clusterIdentifier !== undefined && workgroupName !== undefined) {
    throw new Error(`clusterIdentifier '${clusterIdentifier}' and workgroupName '${workgroupName}' are mutually exclusive: set only one of them`);
  }
  return workgroupName === undefined
    ? RedshiftCluster.fromClusterIdentifier(clusterIdentifier ?? 'redshift-cluster-1')
    : RedshiftCluster.fromWorkgroupName(workgroupName);
}

function databaseUserFor({ databaseUser, workgroupName }: TaxiByMonthStackProps): DatabaseUser {
  const name = databaseUser ?? (workgroupName === undefined ? 'awsuser' : undefined);
  return name === undefined ? DatabaseUser.iam() : DatabaseUser.named(name);
}
