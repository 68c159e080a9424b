import { Arn, ArnFormat, Fn, Stack, Token } from 'aws-cdk-lib';
import { CfnWorkgroup } from 'aws-cdk-lib/aws-redshiftserverless';
import type { aws_redshift, aws_redshiftserverless } from 'aws-cdk-lib/interfaces';
import type { IConstruct } from 'constructs';
import { validatedClusterIdentifier, validatedWorkgroupName } from './redshift-references';
import { describeValue, requireString } from '../cdk/prop-checks';

/** @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateCluster.html */
const CLUSTER_IDENTIFIER = /^(?!.*--)[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Redshift Serverless takes a name of 64 characters, the Data API one of 63.
 * @see https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ExecuteStatement.html
 */
const WORKGROUP_NAME = /^[a-z0-9-]{3,63}$/;
const WORKGROUP_ARN = /^arn:aws[a-z-]*:redshift-serverless:[a-z0-9-]+:\d{12}:workgroup\/[a-z0-9-]+$/;
const ENDPOINT = /^(?<name>[a-z0-9-]+)\.(?<owner>[a-z0-9]+)\.(?<region>[a-z0-9-]+)\.(?<service>redshift|redshift-serverless)\.amazonaws\.com(\.cn)?(:\d+)?(\/(?<databaseName>[^/?#]+))?$/;

/**
 * A provisioned Amazon Redshift cluster or an Amazon Redshift Serverless workgroup that answers queries.
 *
 * It must be in the account and Region of the stack: the Redshift Data API reaches no further.
 */
export class RedshiftCluster {
  /**
   * A provisioned cluster, by its identifier.
   *
   * @param clusterIdentifier such as `analytics`
   */
  public static fromClusterIdentifier(clusterIdentifier: string): RedshiftCluster {
    requireMatch(CLUSTER_IDENTIFIER, 'clusterIdentifier', 'a cluster identifier', clusterIdentifier, 'use 1 to 63 lower-case letters, digits and single hyphens, beginning with a letter');
    return new RedshiftCluster({ clusterIdentifier });
  }

  /**
   * A provisioned cluster of a CDK app, such as a `CfnCluster`. For a `Cluster` of `@aws-cdk/aws-redshift-alpha`, use
   * `fromClusterIdentifier(cluster.clusterName)`.
   *
   * @param cluster the cluster
   */
  public static fromCluster(cluster: aws_redshift.IClusterRef): RedshiftCluster {
    return new RedshiftCluster({ clusterIdentifier: validatedClusterIdentifier(cluster) });
  }

  /**
   * A cluster or a workgroup, by the endpoint that its page in the console shows, with or without port and database.
   *
   * The database in the endpoint is the default for `databaseName`. An endpoint known only at deployment is taken for a
   * provisioned cluster's, and says nothing about the database.
   *
   * @param endpoint such as `analytics.abc123.us-east-1.redshift.amazonaws.com:5439/dev`
   */
  public static fromEndpoint(endpoint: string): RedshiftCluster {
    requireString('endpoint', endpoint);
    if (Token.isUnresolved(endpoint)) {
      return new RedshiftCluster({ clusterIdentifier: Fn.select(0, Fn.split('.', endpoint)) });
    }
    const parts = ENDPOINT.exec(endpoint)?.groups;
    if (!parts) {
      throw new Error(`${describeValue(endpoint)} is not an endpoint of Redshift: give it as the console shows it, such as analytics.abc123.us-east-1.redshift.amazonaws.com:5439/dev`);
    }
    const { name, owner, region, service, databaseName } = parts;
    // The endpoint of a workgroup names its account, that of a cluster something that says nothing.
    return new RedshiftCluster({ ...(service === 'redshift' ? { clusterIdentifier: name } : { workgroupName: name, account: owner }), region, databaseName });
  }

  /**
   * A Serverless workgroup, by its name.
   *
   * A workgroup's ARN ends in an identifier that its name does not tell, so the permission to run statements covers all workgroups
   * of the account in the Region, and synthesis warns about it. `fromWorkgroupArn` covers only the one.
   *
   * @param workgroupName such as `analytics`
   */
  public static fromWorkgroupName(workgroupName: string): RedshiftCluster {
    requireMatch(WORKGROUP_NAME, 'workgroupName', 'a workgroup name', workgroupName, 'use 3 to 63 lower-case letters, digits and hyphens');
    return new RedshiftCluster({ workgroupName });
  }

  /**
   * A Serverless workgroup of a CDK app. For a `CfnWorkgroup` the permissions cover just that workgroup; for anything else see `fromWorkgroupName`.
   *
   * @param workgroup the workgroup
   */
  public static fromWorkgroup(workgroup: aws_redshiftserverless.IWorkgroupRef): RedshiftCluster {
    return new RedshiftCluster({
      workgroupName: validatedWorkgroupName(workgroup),
      workgroupArn: workgroup instanceof CfnWorkgroup ? workgroup.attrWorkgroupWorkgroupArn : undefined,
    });
  }

  /**
   * A Serverless workgroup, by its ARN.
   *
   * @param workgroupArn such as `arn:aws:redshift-serverless:us-east-1:111122223333:workgroup/0f1c2d3e-…`; it ends in a UUID
   */
  public static fromWorkgroupArn(workgroupArn: string): RedshiftCluster {
    requireMatch(WORKGROUP_ARN, 'workgroupArn', 'the ARN of a workgroup', workgroupArn, 'take it from the page of the workgroup; it ends in workgroup/ and a UUID');
    const { region, account } = Token.isUnresolved(workgroupArn) ? {} : Arn.split(workgroupArn, ArnFormat.SLASH_RESOURCE_NAME);
    return new RedshiftCluster({ workgroupName: workgroupArn, workgroupArn, region, account });
  }

  /** The identifier of a provisioned cluster; none for a workgroup. */
  public readonly clusterIdentifier?: string;

  /** The name of a Serverless workgroup, or its ARN, which the Data API takes as well; none for a cluster. */
  public readonly workgroupName?: string;

  /** The ARN of a Serverless workgroup, where it is known. */
  public readonly workgroupArn?: string;

  /** The database that the endpoint named, if it did. */
  public readonly databaseName?: string;

  /**
   * The Region that the endpoint or ARN named, if it did.
   * @internal
   */
  public readonly _region?: string;

  /**
   * The account that the endpoint or ARN named, if it did.
   * @internal
   */
  public readonly _account?: string;

  private constructor(parts: ClusterParts) {
    this.clusterIdentifier = parts.clusterIdentifier;
    this.workgroupName = parts.workgroupName;
    this.workgroupArn = parts.workgroupArn;
    this.databaseName = parts.databaseName;
    this._region = parts.region;
    this._account = parts.account;
  }

  /**
   * The ARN on which statements may be run.
   * @internal
   */
  public _statementArn(scope: IConstruct): string {
    const stack = Stack.of(scope);
    if (this.clusterIdentifier !== undefined) {
      return stack.formatArn({ service: 'redshift', resource: 'cluster', resourceName: this.clusterIdentifier, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    }
    return this.workgroupArn ?? stack.formatArn({ service: 'redshift-serverless', resource: 'workgroup', resourceName: '*' });
  }
}

interface ClusterParts {
  readonly clusterIdentifier?: string;
  readonly workgroupName?: string;
  readonly workgroupArn?: string;
  readonly databaseName?: string;
  readonly region?: string;
  readonly account?: string;
}

function requireMatch(pattern: RegExp, parameter: string, what: string, value: string, remedy: string): void {
  requireString(parameter, value);
  if (!Token.isUnresolved(value) && !pattern.test(value)) {
    throw new Error(`${describeValue(value)} is not ${what}: ${remedy}`);
  }
}
