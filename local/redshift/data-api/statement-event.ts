import { Statement } from './statement';

/** An event, to which EventBridge adds ID, time, account and Region. */
export interface StatementEvent {
  readonly 'source': string;
  readonly 'detail-type': string;
  readonly 'detail': Record<string, unknown>;
  readonly 'resources': string[];
}

/** Creates the event of a finished statement. */
export function statementEvent(statement: Statement, region: string, accountId: string, expireAt: number): StatementEvent {
  const { ClusterIdentifier: cluster, WorkgroupName: workgroup, StatementName: name } = statement.input;
  return {
    'source': 'aws.redshift-data',
    'detail-type': 'Redshift Data Statement Status Change',
    'detail': {
      principal: statement.principal,
      ...(name === undefined ? {} : { statementName: name }),
      statementId: statement.id,
      redshiftQueryId: statement.queryId,
      state: statement.status,
      rows: statement.rowCount,
      expireAt: Math.floor(expireAt / 1000),
      ...(cluster === undefined ? { workgroupName: workgroup } : { clusterId: cluster }),
    },
    'resources': [cluster === undefined ? workgroupArn(workgroup!, region, accountId) : `arn:aws:redshift:${region}:${accountId}:cluster:${cluster}`],
  };
}

function workgroupArn(workgroup: string, region: string, accountId: string): string {
  return workgroup.startsWith('arn:') ? workgroup : `arn:aws:redshift-serverless:${region}:${accountId}:workgroup/${workgroup}`;
}
