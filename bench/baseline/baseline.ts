import * as fs from 'node:fs';
import * as path from 'node:path';
import { ArnFormat, CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { buildSync } from 'esbuild';

export const SQL_KEY = 'query.sql';

const PARAMETER_NAME = 'endpoint';

/** The sample sets this size for all its functions, in MB. */
const MEMORY_SIZE = 256;
const TIMEOUT = Duration.seconds(29);

export interface BaselineProps {
  readonly clusterIdentifier: string;
  readonly databaseName: string;
  readonly databaseUser: string;
  /** Where the bundles of the functions are written. */
  readonly bundleDirectory: string;
}

/** The pipeline of the AWS sample, by its documented steps. README.md lists the differences. */
export class Baseline extends Construct {
  constructor(scope: Construct, id: string, private readonly props: BaselineProps) {
    super(scope, id);
    const { clusterIdentifier, databaseName, databaseUser } = props;
    const table = new dynamodb.Table(this, 'Statements', {
      partitionKey: { name: 'statementId', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const bucket = new s3.Bucket(this, 'Sql');
    const role = this.createRole(table, bucket);
    const onMessage = this.createFunction('OnMessage', 'on-message', role, {
      TABLE_NAME: table.tableName,
      BUCKET_NAME: bucket.bucketName,
      SQL_KEY,
      CLUSTER_IDENTIFIER: clusterIdentifier,
      DATABASE_NAME: databaseName,
      DATABASE_USER: databaseUser,
      PARAMETER_NAME,
    });
    const api = new WebSocketApi(this, 'Api', {
      routeSelectionExpression: '$request.body.action',
      defaultRouteOptions: { integration: new WebSocketLambdaIntegration('OnMessage', onMessage) },
    });
    const stage = new WebSocketStage(this, 'Stage', { webSocketApi: api, stageName: 'prod', autoDeploy: true });
    stage.grantManagementApiAccess(role);
    const sendMessage = this.createFunction('SendMessage', 'send-message', role, {
      TABLE_NAME: table.tableName,
      CALLBACK_URL: stage.callbackUrl,
      PARAMETER_NAME,
    });
    this.routeEvents(role, onMessage, sendMessage);
    new CfnOutput(scope, `${id}Url`, { value: stage.url });
    new CfnOutput(scope, `${id}Bucket`, { value: bucket.bucketName });
  }

  private createRole(table: dynamodb.Table, bucket: s3.Bucket): iam.Role {
    const role = new iam.Role(this, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      managedPolicies: [iam.ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSLambdaBasicExecutionRole')],
    });
    const { clusterIdentifier, databaseName, databaseUser } = this.props;
    const redshift = (resource: string, resourceName: string) =>
      Stack.of(this).formatArn({ service: 'redshift', resource, resourceName, arnFormat: ArnFormat.COLON_RESOURCE_NAME });
    table.grant(role, 'dynamodb:PutItem', 'dynamodb:Query');
    bucket.grantRead(role);
    role.addToPolicy(new iam.PolicyStatement({ actions: ['redshift-data:GetStatementResult'], resources: ['*'] }));
    role.addToPolicy(new iam.PolicyStatement({
      actions: ['redshift-data:ExecuteStatement', 'redshift:GetClusterCredentials'],
      resources: [
        redshift('cluster', clusterIdentifier),
        redshift('dbname', `${clusterIdentifier}/${databaseName}`),
        redshift('dbuser', `${clusterIdentifier}/${databaseUser}`),
      ],
    }));
    role.addToPolicy(new iam.PolicyStatement({
      actions: ['ssm:GetParameter'],
      resources: [Stack.of(this).formatArn({ service: 'ssm', resource: 'parameter', resourceName: PARAMETER_NAME })],
    }));
    return role;
  }

  private createFunction(id: string, entry: string, role: iam.IRole, environment: Record<string, string>): lambda.Function {
    return new lambda.Function(this, id, {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(bundle(entry, this.props.bundleDirectory)),
      memorySize: MEMORY_SIZE,
      timeout: TIMEOUT,
      role,
      environment,
    });
  }

  /** The local AWS supports only queues as targets of rules. */
  private routeEvents(role: iam.Role, onMessage: lambda.Function, sendMessage: lambda.Function): void {
    const queue = new sqs.Queue(this, 'Events', { visibilityTimeout: TIMEOUT });
    const { partition, account } = Stack.of(this);
    const rule = new events.Rule(this, 'StatementEnded', {
      eventPattern: {
        source: ['aws.redshift-data'],
        detail: { principal: [`arn:${partition}:sts::${account}:assumed-role/${role.roleName}/${onMessage.functionName}`] },
      },
    });
    rule.addTarget(new SqsQueue(queue));
    sendMessage.addEventSource(new SqsEventSource(queue, { batchSize: 1 }));
  }
}

function bundle(entry: string, directory: string): string {
  const outdir = path.join(directory, entry);
  fs.mkdirSync(outdir, { recursive: true });
  buildSync({
    entryPoints: [path.join(__dirname, `${entry}.ts`)],
    outfile: path.join(outdir, 'index.js'),
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
  });
  return outdir;
}
