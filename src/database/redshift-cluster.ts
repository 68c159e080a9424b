import { Arn, ArnFormat, Fn, Stack, Token } from 'aws-cdk-lib';
import { CfnWorkgroup } from 'aws-cdk-lib/aws-redshiftserverless';
import type { aws_redshift, aws_redshiftserverless } from 'aws-cdk-lib/interfaces';
import type { IConstruct } from 'constructs';
import { validatedClusterIdentifier, validatedWorkgroupName } from './redshift-references';
import { describeValue, requireString } from '../cdk/prop-checks';

/** @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateCluster.html */
const CLUSTER_IDENTIFIER = /^(?!.*--)[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Redshift Serverless allows names of 64 characters, the Redshift Data API of 63.
 * @see https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ExecuteStatement.html
 */
const WORKGROUP_NAME = /^[a-z0-9-]{3,63}$/;
const WORKGROUP_ARN = /^arn:aws[a-z-]*:redshift-serverless:[a-z0-9-]+:\d{12}:workgroup\/[a-z0-9-]+$/;
const ENDPOINT = /^(?<name>[a-z0-9-]+)\.(?<owner>[a-z0-9]+)\.(?<region>[a-z0-9-]+)\.(?<service>redshift|redshift-serverless)\.amazonaws\.com(\.cn)?(:\d+)?(\/(?<databaseName>[^/?#]+))?$/;

/**
 * A provisioned Amazon Redshift cluster or an Amazon Redshift Serverless workgroup that runs statements. It must be in the account and Region of the
 * stack, because the Redshift Data API accesses no other.
 *
 * @example
 * const cluster = RedshiftCluster.fromClusterIdentifier('analytics');
 */
export class RedshiftCluster {
  /**
   * A provisioned cluster, by its identifier. Throws if the identifier is invalid.
   *
   * @example
   * const cluster = RedshiftCluster.fromClusterIdentifier('analytics');
   *
   * @see https://docs.aws.amazon.com/redshift/latest/APIReference/API_CreateCluster.html
   * @param clusterIdentifier 1 to 63 lowercase letters, digits and single hyphens, beginning with a letter, such as `analytics`
   * @returns the cluster
   */
  public static fromClusterIdentifier(clusterIdentifier: string): RedshiftCluster {
    requireMatch(CLUSTER_IDENTIFIER, 'clusterIdentifier', 'a cluster identifier', clusterIdentifier, 'use 1 to 63 lowercase letters, digits and single hyphens, beginning with a letter');
    return new RedshiftCluster({ clusterIdentifier });
  }

  /**
   * A provisioned cluster of a CDK app, such as a `CfnCluster`. For a `Cluster` of `@aws-cdk/aws-redshift-alpha`, use
   * `fromClusterIdentifier(cluster.clusterName)`. Throws if `cluster` isn't such a cluster.
   *
   * @example
   * declare const cfnCluster: redshift.CfnCluster;
   *
   * const cluster = RedshiftCluster.fromCluster(cfnCluster);
   *
   * @param cluster the cluster
   * @returns the cluster
   */
  public static fromCluster(cluster: aws_redshift.IClusterRef): RedshiftCluster {
    return new RedshiftCluster({ clusterIdentifier: validatedClusterIdentifier(cluster) });
  }

  /**
   * A cluster or a workgroup, by its endpoint as the console shows it, with or without port and database. The database in the endpoint is the default
   * of `databaseName`. An endpoint known only at deployment must be one of a provisioned cluster, and provides no database. Throws if the endpoint is
   * invalid.
   *
   * @example
   * const cluster = RedshiftCluster.fromEndpoint('analytics.abc123.us-east-1.redshift.amazonaws.com:5439/dev');
   *
   * @param endpoint such as `analytics.abc123.us-east-1.redshift.amazonaws.com:5439/dev`
   * @returns the cluster or workgroup
   */
  public static fromEndpoint(endpoint: string): RedshiftCluster {
    requireString('endpoint', endpoint);
    if (Token.isUnresolved(endpoint)) {
      return new RedshiftCluster({ clusterIdentifier: Fn.select(0, Fn.split('.', endpoint)) });
    }
    const parts = ENDPOINT.exec(endpoint)?.groups;
    if (!parts) {
      throw new Error(`${describeValue(endpoint)} is not an endpoint of Redshift: copy it from the console, such as analytics.abc123.us-east-1.redshift.amazonaws.com:5439/dev`);
    }
    const { name, owner, region, service, databaseName } = parts;
    // The second part is the account of a workgroup, but a random string of a cluster.
    return new RedshiftCluster({ ...(service === 'redshift' ? { clusterIdentifier: name } : { workgroupName: name, account: owner }), region, databaseName });
  }

  /**
   * A Serverless workgroup, by its name. The ARN of a workgroup ends in an identifier that its name doesn't contain. The permission to run statements
   * therefore covers all workgroups of the account in the Region, and synthesis warns about it: prefer `fromWorkgroupArn`. Throws if the name is
   * invalid.
   *
   * @example
   * const cluster = RedshiftCluster.fromWorkgroupName('analytics');
   *
   * @param workgroupName 3 to 63 lowercase letters, digits and hyphens, such as `analytics`
   * @returns the workgroup
   */
  public static fromWorkgroupName(workgroupName: string): RedshiftCluster {
    requireMatch(WORKGROUP_NAME, 'workgroupName', 'a workgroup name', workgroupName, 'use 3 to 63 lowercase letters, digits and hyphens');
    return new RedshiftCluster({ workgroupName });
  }

  /**
   * A Serverless workgroup of a CDK app. With a `CfnWorkgroup`, the permissions cover only this workgroup; otherwise see `fromWorkgroupName`. Throws
   * if `workgroup` isn't a workgroup.
   *
   * @example
   * declare const workgroup: redshiftserverless.CfnWorkgroup;
   *
   * const cluster = RedshiftCluster.fromWorkgroup(workgroup);
   *
   * @param workgroup the workgroup
   * @returns the workgroup
   */
  public static fromWorkgroup(workgroup: aws_redshiftserverless.IWorkgroupRef): RedshiftCluster {
    return new RedshiftCluster({
      workgroupName: validatedWorkgroupName(workgroup),
      workgroupArn: workgroup instanceof CfnWorkgroup ? workgroup.attrWorkgroupWorkgroupArn : undefined,
    });
  }

  /**
   * A Serverless workgroup, by its ARN. The permissions cover only this workgroup. Throws if the ARN is invalid.
   *
   * @example
   * const cluster = RedshiftCluster.fromWorkgroupArn(
   *   'arn:aws:redshift-serverless:us-east-1:111122223333:workgroup/0f1c2d3e-aaaa-bbbb-cccc-1234567890ab',
   * );
   *
   * @param workgroupArn such as `arn:aws:redshift-serverless:us-east-1:111122223333:workgroup/0f1c2d3e-…`; it ends in a UUID
   * @returns the workgroup
   */
  public static fromWorkgroupArn(workgroupArn: string): RedshiftCluster {
    requireMatch(WORKGROUP_ARN, 'workgroupArn', 'the ARN of a workgroup', workgroupArn, 'copy it from the console; it ends in workgroup/ and a UUID');
    const { region, account } = Token.isUnresolved(workgroupArn) ? {} : Arn.split(workgroupArn, ArnFormat.SLASH_RESOURCE_NAME);
    return new RedshiftCluster({ workgroupName: workgroupArn, workgroupArn, region, account });
  }

  /** Identifier of a provisioned cluster; undefined for a workgroup. */
  public readonly clusterIdentifier?: string;

  /** Name of a Serverless workgroup, or its ARN, which the Redshift Data API also accepts; undefined for a cluster. */
  public readonly workgroupName?: string;

  /** ARN of a Serverless workgroup; undefined if it isn't known. */
  public readonly workgroupArn?: string;

  /** Database in the endpoint; undefined if the endpoint has none. */
  public readonly databaseName?: string;

  private constructor(private readonly parts: ClusterParts) {
    this.clusterIdentifier = parts.clusterIdentifier;
    this.workgroupName = parts.workgroupName;
    this.workgroupArn = parts.workgroupArn;
    this.databaseName = parts.databaseName;
  }

  /**
   * Region in the endpoint or ARN; undefined if it isn't known.
   * @internal
   */
  public get _region(): string | undefined {
    return this.parts.region;
  }

  /**
   * Account in the endpoint or ARN; undefined if it isn't known.
   * @internal
   */
  public get _account(): string | undefined {
    return this.parts.account;
  }

  /**
   * ARN of the permission to run statements.
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
