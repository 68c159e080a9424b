import { Resource, SecretValue } from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { CfnCluster } from 'aws-cdk-lib/aws-redshift';
import { CfnWorkgroup } from 'aws-cdk-lib/aws-redshiftserverless';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { ConnectionAccess, DatabaseUser, QueryParameter, RedshiftCluster, RedshiftWebSocketQuery, SqlTemplate } from '../src';
import { completeProps, networkProps } from './support/complete-props';
import { construct, newStack } from './support/construct';

/** A cluster as `@aws-cdk/aws-redshift-alpha` makes it. */
class Cluster extends Resource {
  public readonly clusterName = 'analytics';
  public readonly clusterEndpoint = { hostname: 'analytics.abc123.us-east-1.redshift.amazonaws.com', port: 5439 };
}

// Values that JavaScript accepts and TypeScript does not.
const any = (value: unknown): any => value;

describe('RedshiftWebSocketQuery', () => {
  it.each<[string, unknown, string]>([
    ['cluster', 'analytics', "cluster is 'analytics': use a factory of RedshiftCluster, such as RedshiftCluster.fromClusterIdentifier()"],
    ['cluster', undefined, 'cluster is missing: use a factory of RedshiftCluster'],
    ['cluster', { clusterIdentifier: 'analytics' }, 'cluster is an object: use a factory of RedshiftCluster'],
    ['databaseName', 5, 'databaseName is 5: give a string'],
    ['databaseUser', 'awsuser', "databaseUser is 'awsuser': use DatabaseUser.named(), DatabaseUser.iam() or DatabaseUser.secret()"],
    ['databaseUser', undefined, 'databaseUser is missing: use DatabaseUser.named()'],
    ['databaseUser', DatabaseUser.iam, 'databaseUser is a function: use DatabaseUser.named()'],
    ['databaseUser', { username: 'awsuser', password: 'Passw0rd' }, 'databaseUser is an object: use DatabaseUser.named()'],
    ['databaseUser', SecretValue.unsafePlainText('Passw0rd'), 'databaseUser is a SecretValue: use DatabaseUser.named()'],
    ['sql', 'SELECT 1', "sql is 'SELECT 1': use SqlTemplate.inline() or SqlTemplate.fromFile()"],
    ['sql', `SELECT ${'x'.repeat(200)}`, `sql is 'SELECT ${'x'.repeat(73)}…': use SqlTemplate.inline()`],
    ['parameters', { zone: 'string' }, "parameters.zone is 'string': use a factory of QueryParameter, such as QueryParameter.string()"],
    ['parameters', { zone: QueryParameter.string }, 'parameters.zone is a function: use a factory of QueryParameter'],
    ['parameters', [QueryParameter.string()], 'parameters is a list: give an object with a QueryParameter for each name'],
    ['parameters', null, 'parameters is null: give an object with a QueryParameter for each name'],
    ['timeout', 30, 'timeout is 30: give a Duration, such as Duration.seconds(30)'],
    ['resultReuse', '1 hour', "resultReuse is '1 hour': give a Duration"],
    ['resultRetention', { seconds: 5 }, 'resultRetention is an object: give a Duration'],
    ['maxRows', '5', "maxRows is '5': give a number"],
    ['maxResultSize', 5, 'maxResultSize is 5: give a Size, such as Size.mebibytes(10)'],
    ['allowWrites', 'false', "allowWrites is 'false': give true or false"],
    ['access', 'iam', "access is 'iam': use a factory of ConnectionAccess, such as ConnectionAccess.iam() or ConnectionAccess.cognitoUserPool()"],
    ['access', null, 'access is null: use a factory of ConnectionAccess'],
    ['allowedOrigins', 'https://a.example', "allowedOrigins is 'https://a.example': give a list, such as ['https://app.example.com']"],
    ['allowedOrigins', [/a/], 'allowedOrigins[0] is a RegExp: give a string'],
    ['throttle', 100, 'throttle is 100: give an object, such as { rateLimit: 1000, burstLimit: 2000 }'],
    ['throttle', { rateLimit: '5' }, "throttle.rateLimit is '5': give an integer of at least 1"],
    ['stageName', 5, 'stageName is 5: give a string'],
    ['maxQueriesPerConnection', '5', "maxQueriesPerConnection is '5': give a number"],
    ['maxQueriesPerCaller', true, 'maxQueriesPerCaller is true: give a number'],
    ['inlineWait', 1, 'inlineWait is 1: give a Duration, such as Duration.seconds(30)'],
    ['encryptionKey', 'alias/key', "encryptionKey is 'alias/key': use new kms.Key() or kms.Key.fromKeyArn()"],
    ['permissionsBoundary', 'boundary', "permissionsBoundary is 'boundary': use new iam.ManagedPolicy() or iam.ManagedPolicy.fromManagedPolicyArn()"],
    ['statementRole', 'reader', "statementRole is 'reader': use new iam.Role() or iam.Role.fromRoleArn()"],
    ['vpc', 'vpc-0123456789abcdef0', "vpc is 'vpc-0123456789abcdef0': use new ec2.Vpc(), ec2.Vpc.fromLookup() or ec2.Vpc.fromVpcAttributes()"],
    ['vpcSubnets', ['subnet-1'], 'vpcSubnets is a list: give an object, such as { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS } or { subnets: […] }'],
    ['securityGroups', 'sg-1', "securityGroups is 'sg-1': give a list of security groups"],
    ['securityGroups', ['sg-1'], "securityGroups[0] is 'sg-1': use new ec2.SecurityGroup() or ec2.SecurityGroup.fromSecurityGroupId()"],
    ['accessLogs', 'no', "accessLogs is 'no': give true or false"],
    ['logRetention', 'ONE_MONTH', "logRetention is 'ONE_MONTH': use a member of logs.RetentionDays"],
    ['logRetention', 31, 'logRetention is 31: use a member of logs.RetentionDays'],
    ['removalPolicy', 'delete', "removalPolicy is 'delete': use a member of RemovalPolicy"],
  ])('fails with the fix when %s is %p', (prop, value, message) => {
    expect(() => construct({ [prop]: value })).toThrow(message);
  });

  it.each(Object.keys(completeProps(newStack())))('fails with the name of the prop when %s is an empty object', (prop) => {
    const isObject = ['parameters', 'throttle', 'vpcSubnets'].includes(prop);
    expect(() => construct({ ...completeProps(newStack()), [prop]: isObject ? [] : {} })).toThrow(new RegExp(`^${prop} is (an object|a list): (use|give) `));
  });

  it.each<[string, (stack: Stack) => object, string]>([
    ['cluster', (stack) => new CfnCluster(stack, 'L1', { clusterType: 'single-node', dbName: 'dev', masterUsername: 'a', nodeType: 'ra3.large' }), 'cluster is a CfnCluster: use a factory of RedshiftCluster'],
    ['encryptionKey', (stack) => new kms.CfnKey(stack, 'L1'), 'encryptionKey is a CfnKey: use new kms.Key()'],
    ['permissionsBoundary', (stack) => new iam.CfnManagedPolicy(stack, 'L1', { policyDocument: {} }), 'permissionsBoundary is a CfnManagedPolicy: use new iam.ManagedPolicy()'],
    ['statementRole', (stack) => new iam.CfnRole(stack, 'L1', { assumeRolePolicyDocument: {} }), 'statementRole is a CfnRole: use new iam.Role()'],
    ['vpc', (stack) => new ec2.CfnVPC(stack, 'L1'), 'vpc is a CfnVPC: use new ec2.Vpc()'],
    ['securityGroups', (stack) => [new ec2.CfnSecurityGroup(stack, 'L1', { groupDescription: 'g' })], 'securityGroups[0] is a CfnSecurityGroup: use new ec2.SecurityGroup()'],
  ])('fails with the fix when %s is the layer 1 construct', (prop, make, message) => {
    const stack = newStack();
    expect(() => construct({ vpc: networkProps(stack).vpc, [prop]: make(stack) }, stack)).toThrow(message);
  });

  it('fails with the fix when props are missing or of another kind', () => {
    expect(() => new RedshiftWebSocketQuery(newStack(), 'Query', any(undefined))).toThrow('props is missing: give an object with the props of the construct');
    expect(() => construct().addQuery('by_zone', any(undefined))).toThrow('props is missing: give an object with the props of the query');
    expect(() => construct().addQuery('by_zone', any(SqlTemplate.inline('SELECT 1')))).toThrow("sql is 'SELECT 1': use SqlTemplate.inline()");
    expect(() => construct().addQuery('by_zone', any({ sql: 'SELECT 1' }))).toThrow("sql is 'SELECT 1': use SqlTemplate.inline()");
    expect(() => construct().addQuery(any(5), { sql: SqlTemplate.inline('SELECT 1') })).toThrow('name is 5: give a string');
    expect(() => construct().writeClientTypes(any(undefined))).toThrow('file is missing: give a string');
  });

  it('fails with the fix when a permission is granted to a name', () => {
    const message = "grantee is 'back-end': give a principal, such as a role, a user or a function";
    expect(() => construct().grantConnect(any('back-end'))).toThrow(message);
    expect(() => construct({ access: ConnectionAccess.oneTimeTicket() }).grantIssueTicket(any('back-end'))).toThrow(message);
  });
});

describe('RedshiftCluster', () => {
  it('explains the fix when a cluster is of @aws-cdk/aws-redshift-alpha', () => {
    expect(() => RedshiftCluster.fromCluster(any(new Cluster(newStack(), 'Cluster'))))
      .toThrow('cluster is a Cluster: it has a name only, so use RedshiftCluster.fromClusterIdentifier(cluster.clusterName)');
  });

  it.each<[string, () => unknown, string]>([
    ['fromCluster gets a name', () => RedshiftCluster.fromCluster(any('analytics')), "cluster is 'analytics': use RedshiftCluster.fromClusterIdentifier('analytics')"],
    ['fromCluster gets nothing', () => RedshiftCluster.fromCluster(any(undefined)), 'cluster is missing: give a CfnCluster of aws-cdk-lib/aws-redshift'],
    ['fromCluster gets a workgroup', () => RedshiftCluster.fromCluster(any(new CfnWorkgroup(newStack(), 'W', { workgroupName: 'w' }))), 'cluster is a CfnWorkgroup: use RedshiftCluster.fromWorkgroup()'],
    ['fromCluster gets a cluster of another service', () => RedshiftCluster.fromCluster(any(new ecs.CfnCluster(newStack(), 'C'))), 'cluster is a CfnCluster: give a CfnCluster of aws-cdk-lib/aws-redshift'],
    ['fromWorkgroup gets a name', () => RedshiftCluster.fromWorkgroup(any('analytics')), "workgroup is 'analytics': use RedshiftCluster.fromWorkgroupName('analytics')"],
    ['fromWorkgroup gets a cluster', () => RedshiftCluster.fromWorkgroup(any(new CfnCluster(newStack(), 'C', { clusterType: 'single-node', dbName: 'dev', masterUsername: 'a', nodeType: 'n' }))),
      'workgroup is a CfnCluster: use RedshiftCluster.fromCluster()'],
    ['fromWorkgroup gets something else', () => RedshiftCluster.fromWorkgroup(any({})), 'workgroup is an object: give a CfnWorkgroup of aws-cdk-lib/aws-redshiftserverless'],
    ['an identifier is missing', () => RedshiftCluster.fromClusterIdentifier(any(undefined)), 'clusterIdentifier is missing: give a string'],
    ['an identifier is a cluster', () => RedshiftCluster.fromClusterIdentifier(any(new Cluster(newStack(), 'Cluster'))), 'clusterIdentifier is a Cluster: give a string'],
    ['an identifier has 64 characters', () => RedshiftCluster.fromClusterIdentifier('a'.repeat(64)), 'is not a cluster identifier: use 1 to 63 lowercase letters'],
    ['an identifier has two hyphens in a row', () => RedshiftCluster.fromClusterIdentifier('a--b'), "'a--b' is not a cluster identifier"],
    ['an endpoint is missing', () => RedshiftCluster.fromEndpoint(any(undefined)), 'endpoint is missing: give a string'],
    ['an endpoint has options', () => RedshiftCluster.fromEndpoint('analytics.abc123.us-east-1.redshift.amazonaws.com:5439/dev?ssl=true'), 'is not an endpoint of Redshift'],
    ['an endpoint has a password', () => RedshiftCluster.fromEndpoint('redshift://awsuser:Passw@0/rd@analytics.abc123.us-east-1.redshift.amazonaws.com/dev'), "'redshift://awsuser:…@analytics.abc123"],
    ['a workgroup name is missing', () => RedshiftCluster.fromWorkgroupName(any(undefined)), 'workgroupName is missing: give a string'],
    ['a workgroup ARN is missing', () => RedshiftCluster.fromWorkgroupArn(any(undefined)), 'workgroupArn is missing: give a string'],
  ])('fails with the fix when %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('DatabaseUser', () => {
  it.each<[string, () => unknown, string]>([
    ['a name is missing', () => DatabaseUser.named(any(undefined)), 'name is missing: give a string'],
    ['a name is a pattern', () => DatabaseUser.named('*'), "'*' is not a name of a database user: use 1 to 64 letters"],
    ['a name has a colon', () => DatabaseUser.named('IAMR:reader'), "'IAMR:reader' is not a name of a database user: use 1 to 64 letters"],
    ['a name is that of all users', () => DatabaseUser.named('public'), "'public' is not a name of a database user"],
    ['a secret is the layer 1 construct', () => DatabaseUser.secret(any(new secretsmanager.CfnSecret(newStack(), 'S'))), 'secret is a CfnSecret: use new secretsmanager.Secret()'],
    ['a secret is missing', () => DatabaseUser.secret(any(undefined)), 'secret is missing: use new secretsmanager.Secret()'],
    ['a secret is a value', () => DatabaseUser.secret(any(SecretValue.unsafePlainText('Passw0rd'))), 'secret is a SecretValue: use'],
  ])('fails with the fix when %s', (_, make, message) => {
    expect(make).toThrow(message);
  });

  it('does not repeat a string that can be a password when it is used as a secret', () => {
    expect(() => DatabaseUser.secret(any('Passw0rd'))).toThrow(
      'secret is a string: use new secretsmanager.Secret(), secretsmanager.Secret.fromSecretCompleteArn() or secretsmanager.Secret.fromSecretNameV2()',
    );
  });
});

describe('a database name', () => {
  it.each(['*', 'de?', 'a/b', 'a:b', ' dev', '', '${aws:username}', 'a'.repeat(65)])('is rejected when it is %j', (databaseName) => {
    expect(() => construct({ databaseName })).toThrow(databaseName === '' ? 'databaseName is missing' : /^databaseName is '.*': use 1 to 64 letters.*, or use DatabaseUser.secret\(\), which allows any name$/);
  });

  it('is accepted with any characters when the user is a secret', () => {
    const stack = newStack();
    const databaseUser = DatabaseUser.secret(new secretsmanager.Secret(stack, 'Secret'));
    expect(() => construct({ databaseName: 'größe 2', databaseUser }, stack)).not.toThrow();
  });
});

describe('a stage name', () => {
  it.each(['$default', 'a b', 'a/b', '', 'a'.repeat(129)])('is rejected when it is %j', (stageName) => {
    expect(() => construct({ stageName })).toThrow(/^stageName is '.*': use 1 to 128 letters, digits, hyphens and underscores$/);
  });
});

describe('SqlTemplate', () => {
  it.each<[string, () => unknown, string]>([
    ['a statement is missing', () => SqlTemplate.inline(any(undefined)), 'sql is missing: give a string'],
    ['a statement is a buffer', () => SqlTemplate.inline(any(Buffer.from('SELECT 1'))), 'sql is a Buffer: give a string'],
    ['a path is missing', () => SqlTemplate.fromFile(any(undefined)), 'file is missing: give a string'],
    ['a path is that of a directory', () => SqlTemplate.fromFile(__dirname), 'is not a file: give the path of a file with one SQL statement'],
  ])('fails with the fix when %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('QueryParameter', () => {
  it.each<[string, () => unknown, string]>([
    ['options are a pattern', () => QueryParameter.string(any('^a$')), "options is '^a$': give an object with options"],
    ['options are a list', () => QueryParameter.date(any(['2015-01-01'])), 'options is a list: give an object with options'],
    ['options are null', () => QueryParameter.integer(any(null)), 'options is null: give an object with options'],
    ['a pattern is a RegExp', () => QueryParameter.string({ pattern: any(/^a$/) }), "pattern is a RegExp: give its source as a string, such as '^[A-Z]{3}$'"],
    ['optional is a string', () => QueryParameter.bool({ optional: any('false') }), "optional is 'false': give true or false"],
    ['withTimeZone is a string', () => QueryParameter.timestamp({ withTimeZone: any('UTC') }), "withTimeZone is 'UTC': give true or false"],
    ['a bound is a Date', () => QueryParameter.date({ min: any(new Date(0)) }), 'but it must be a date such as'],
    ['a length is a string', () => QueryParameter.string({ maxLength: any('5') }), "maxLength is '5': give an integer"],
    ['a bound is not a number', () => QueryParameter.integer({ min: 'x' }), 'min is "x", but it must be an integer'],
    ['oneOf gets a string', () => QueryParameter.oneOf(any('abc')), "values is 'abc': give a list of strings, such as oneOf(['asc', 'desc'])"],
    ['oneOf gets strings', () => QueryParameter.oneOf(any('a'), any('b')), "values is 'a': give a list of strings"],
    ['oneOf gets a number', () => QueryParameter.oneOf([any(1)]), 'values[0] is 1: give a string'],
    ['oneOf gets nothing', () => QueryParameter.oneOf(any(undefined)), 'values is missing: give a list of strings'],
    ['listOf gets a string', () => QueryParameter.listOf(any('string')), "item is 'string': use a factory of QueryParameter"],
    ['listOf gets nothing', () => QueryParameter.listOf(any(undefined)), 'item is missing: use a factory of QueryParameter'],
    ['fromClaim gets a parameter', () => QueryParameter.fromClaim(any(QueryParameter.string())), 'claim is a QueryParameter: give a string'],
    ['fromClaim gets options', () => QueryParameter.fromClaim('sub', any({ maxLength: 3 })), 'value is an object: use a factory of QueryParameter'],
  ])('fails with the fix when %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('ConnectionAccess', () => {
  const pool = (stack: Stack = newStack()) => cognito.UserPool.fromUserPoolId(stack, 'Pool', 'us-east-1_aaaaaaaaa');
  const clients = [cognito.UserPoolClient.fromUserPoolClientId(newStack(), 'Client', 'client')];
  const handler = () => lambda.Function.fromFunctionArn(newStack(), 'F', 'arn:aws:lambda:us-east-1:111122223333:function:f');
  const openId = { issuer: 'https://login.example.com', audience: ['app'] };

  it.each<[string, () => unknown, string]>([
    ['a user pool is an id', () => ConnectionAccess.cognitoUserPool(any('us-east-1_a'), { userPoolClients: clients }), "userPool is 'us-east-1_a': use new cognito.UserPool() or cognito.UserPool.fromUserPoolId()"],
    ['a user pool is the layer 1 construct', () => ConnectionAccess.cognitoUserPool(any(new cognito.CfnUserPool(newStack(), 'P')), { userPoolClients: clients }), 'userPool is a CfnUserPool: use'],
    ['a user pool has no options', () => ConnectionAccess.cognitoUserPool(pool(), any(undefined)), 'options is missing: give an object, such as { userPoolClients: [client] }'],
    ['an app client is not in a list', () => ConnectionAccess.cognitoUserPool(pool(), { userPoolClients: any(clients[0]) }), 'userPoolClients is an Import: give a list of app clients'],
    ['an app client is an id', () => ConnectionAccess.cognitoUserPool(pool(), { userPoolClients: any(['abc']) }), "userPoolClients[0] is 'abc': use userPool.addClient() or cognito.UserPoolClient.fromUserPoolClientId()"],
    ['the use of a token is misspelled', () => ConnectionAccess.cognitoUserPool(pool(), { userPoolClients: clients, tokenUse: any('ACCESS') }), "tokenUse is 'ACCESS': use a member of CognitoTokenUse"],
    ['an issuer is missing', () => ConnectionAccess.openIdConnect(any({ audience: ['app'] })), 'issuer is missing: give a string'],
    ['an issuer has a password', () => ConnectionAccess.openIdConnect({ ...openId, issuer: 'https://user:Passw0rd@login.example.com' }), "issuer is 'https://user:…@login.example.com'"],
    ['an audience is a string', () => ConnectionAccess.openIdConnect({ ...openId, audience: any('app') }), "audience is 'app': give a list of strings, such as ['app']"],
    ['an audience has an empty string', () => ConnectionAccess.openIdConnect({ ...openId, audience: [''] }), 'audience[0] is empty'],
    ['a JWKS URI is a URL', () => ConnectionAccess.openIdConnect({ ...openId, jwksUri: any(new URL('https://a.example')) }), 'jwksUri is a URL: give a string'],
    ['OpenID Connect has no options', () => ConnectionAccess.openIdConnect(any('https://login.example.com')), "options is 'https://login.example.com': give an object, such as { issuer:"],
    ['a Lambda authorizer is an ARN', () => ConnectionAccess.lambdaAuthorizer(any('arn:aws:lambda:us-east-1:111122223333:function:f')), 'use new lambda.Function() or lambda.Function.fromFunctionArn()'],
    ['an identity source is a string', () => ConnectionAccess.lambdaAuthorizer(handler(), { identitySource: any('route.request.querystring.key') }), 'identitySource is \'route.request.querystring.key\': give a list'],
    ['a ticket is valid for a number', () => ConnectionAccess.oneTimeTicket({ ticketValidity: any(60) }), 'ticketValidity is 60: give a Duration'],
    ['a connection lasts for a number', () => ConnectionAccess.oneTimeTicket({ connectionDuration: any(60) }), 'connectionDuration is 60: give a Duration'],
    ['tickets have a number for options', () => ConnectionAccess.oneTimeTicket(any(60)), 'options is 60: give an object'],
  ])('fails with the fix when %s', (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe('a second copy of the package', () => {
  it('creates values that the first copy accepts, because an app can contain both', () => {
    let other: typeof import('../src');
    jest.isolateModules(() => {
      other = jest.requireActual('../src');
    });
    const { DatabaseUser: User, QueryParameter: Parameter, RedshiftCluster: OtherCluster, SqlTemplate: Sql, ConnectionAccess: Access } = other!;
    expect(User).not.toBe(DatabaseUser);
    expect(() => construct({
      cluster: OtherCluster.fromClusterIdentifier('analytics'),
      databaseUser: User.named('awsuser'),
      access: Access.iam(),
      sql: Sql.inline('SELECT :zone'),
      parameters: { zone: Parameter.string() },
    })).not.toThrow();
  });
});
