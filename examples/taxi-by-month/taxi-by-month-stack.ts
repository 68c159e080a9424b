import * as path from 'path';
import { Annotations, CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Page } from './page-construct';
import { ConnectionAccess, DatabaseUser, QueryParameter, RedshiftCluster, RedshiftWebSocketQuery, SqlTemplate } from 'cdk-redshift-websocket-query';

/** All of it can be given as context: `cdk deploy -c clusterIdentifier=analytics`. */
export interface TaxiByMonthStackProps extends StackProps {
  /** A provisioned cluster. @default 'redshift-cluster-1', the name that the console proposes */
  readonly clusterIdentifier?: string;
  /** A Serverless workgroup, in place of a cluster. */
  readonly workgroupName?: string;
  /** @default 'dev' */
  readonly databaseName?: string;
  /** A user of a provisioned cluster. @default - 'awsuser' on a cluster, the IAM role of the functions on a workgroup */
  readonly databaseUser?: string;
  /** A sentence that the page shows above the rest, such as where its trips come from. @default - none */
  readonly notice?: string;
}

/** Asks for a month of New York taxi trips, a row a day, and for a day of it, a row an hour; the page gets the rows pushed. */
export class TaxiByMonthStack extends Stack {
  public readonly trips: RedshiftWebSocketQuery;

  constructor(scope: Construct, id: string, props: TaxiByMonthStackProps = {}) {
    super(scope, id, props);
    const page = new Page(this, 'Page');

    this.trips = new RedshiftWebSocketQuery(this, 'TripsByMonth', {
      cluster: clusterOf(props),
      databaseName: props.databaseName ?? 'dev',
      databaseUser: databaseUserOf(props),
      sql: SqlTemplate.fromFile(path.join(__dirname, 'sql', 'trips-by-month.sql')),
      parameters: { trip_month: QueryParameter.string({ pattern: '^\\d{4}-(0[1-9]|1[0-2])$' }) },
      // A row a day.
      maximumRows: 31,
      // The trips are public, and so is the page: anyone who has the address may ask, but from no page other than this.
      access: ConnectionAccess.open(),
      allowedOrigins: [page.url],
    });
    Annotations.of(this.trips).acknowledgeWarning('cdk-redshift-websocket-query:openAccess', 'the trips are public');
    this.trips.addQuery('by_hour', {
      sql: SqlTemplate.fromFile(path.join(__dirname, 'sql', 'trips-by-hour.sql')),
      parameters: { day: QueryParameter.date() },
      timeLimit: Duration.minutes(5),
      // Who compares days goes to and fro between them; the trips change only when somebody loads new ones.
      resultReuse: Duration.minutes(10),
      // A row an hour, and one for trips whose hour is not known.
      maximumRows: 25,
    });
    // The page is checked against these.
    this.trips.writeClientTypes(path.join(__dirname, 'queries.d.ts'));
    page.deploy({ url: this.trips.url, month: '2015-01', notice: props.notice });

    new CfnOutput(this, 'RedshiftDataApiWebSocketEndpoint', { value: this.trips.url, description: 'The address that clients connect to' });
    new CfnOutput(this, 'PageAddress', { value: page.url, description: 'Open this in a browser' });
  }
}

function clusterOf({ clusterIdentifier, workgroupName }: TaxiByMonthStackProps): RedshiftCluster {
  if (clusterIdentifier !== undefined && workgroupName !== undefined) {
    throw new Error(`give either clusterIdentifier ('${clusterIdentifier}') or workgroupName ('${workgroupName}'), not both`);
  }
  return workgroupName === undefined
    ? RedshiftCluster.fromClusterIdentifier(clusterIdentifier ?? 'redshift-cluster-1')
    : RedshiftCluster.fromWorkgroupName(workgroupName);
}

function databaseUserOf({ databaseUser, workgroupName }: TaxiByMonthStackProps): DatabaseUser {
  const name = databaseUser ?? (workgroupName === undefined ? 'awsuser' : undefined);
  return name === undefined ? DatabaseUser.iam() : DatabaseUser.named(name);
}
