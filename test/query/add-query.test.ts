import * as fs from 'fs';
import * as path from 'path';
import { App, Aws, Duration, Size, Stack, Stage } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ConnectionAccess, QueryParameter, SqlTemplate } from '../../src';
import type { QueryProps } from '../../src';
import { construct, definitionsOf, environmentOf, newStack, templateOf } from '../support/construct';

const BY_ZONE: QueryProps = { sql: SqlTemplate.inline('SELECT * FROM trips WHERE zone = :zone'), parameters: { zone: QueryParameter.string() } };

describe('addQuery', () => {
  it('passes the parameters and limits of the query to the functions', () => {
    const query = construct({ maxRows: 5 });
    query.addQuery('by_zone', {
      ...BY_ZONE,
      timeout: Duration.minutes(1),
      reconnectGracePeriod: Duration.minutes(30),
      resultReuse: Duration.minutes(2),
      resultRetention: Duration.minutes(3),
      maxRows: 10,
      maxResultSize: Size.kibibytes(10),
    });
    expect(definitionsOf(Stack.of(query))).toEqual({
      default: { sql: { inline: 'SELECT 1' }, parameters: {}, timeoutSeconds: 900, reconnectGraceSeconds: 60, resultReuseSeconds: 0, resultRetentionSeconds: 3600, maxRows: 5 },
      by_zone: {
        sql: { inline: 'SELECT * FROM trips WHERE zone = :zone' },
        parameters: { zone: { kind: 'string', minLength: 1, maxLength: 256 } },
        timeoutSeconds: 60,
        reconnectGraceSeconds: 1800,
        resultReuseSeconds: 120,
        resultRetentionSeconds: 180,
        maxRows: 10,
        maxResultBytes: 10_240,
      },
    });
  });

  it('changes only the layer in the template', () => {
    const stack = newStack();
    construct({}, stack).addQuery('by_zone', BY_ZONE);
    const [one, other] = [templateOf(), Template.fromStack(stack)].map((template) => template.toJSON());
    const [[id, layer]] = Object.entries<any>(Template.fromJSON(one).findResources('AWS::Lambda::LayerVersion'));
    expect(other.Resources[id].Properties.Content.S3Key).not.toBe(layer.Properties.Content.S3Key);
    expect({ ...other, Resources: { ...other.Resources, [id]: layer } }).toEqual(one);
  });

  it('extends the lifecycle of the bucket to the longest time of all queries', () => {
    const query = construct();
    query.addQuery('slow', { ...BY_ZONE, timeout: Duration.hours(24), resultRetention: Duration.days(7) });
    query.addQuery('quick', { ...BY_ZONE, timeout: Duration.minutes(1) });
    Template.fromStack(Stack.of(query)).hasResourceProperties('AWS::S3::Bucket', {
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 9 })] },
    });
  });

  it('accepts SQL that is known only at deployment, in an environment variable', () => {
    const query = construct();
    query.addQuery('known', BY_ZONE);
    query.addQuery('deployed', { sql: SqlTemplate.inline(`SELECT * FROM ${Aws.STACK_NAME}`) });
    const stack = Stack.of(query);
    expect(definitionsOf(stack).deployed.sql).toEqual({ environmentVariable: 'SQL_deployed' });
    for (const entry of ['on-connect', 'on-message']) {
      expect(environmentOf(Template.fromStack(stack), entry)).toMatchObject({ SQL_deployed: { 'Fn::Join': ['', ['SELECT * FROM ', { Ref: 'AWS::StackName' }]] } });
    }
  });

  it('adds the query to the functions when the stack is in a stage', () => {
    const app = new App();
    const stack = new Stack(new Stage(app, 'Production', { env: { account: '111122223333', region: 'us-east-1' } }), 'Stack');
    construct({}, stack).addQuery('by_zone', BY_ZONE);
    const assembly = app.synth().getNestedAssembly('assembly-Production');
    const [name] = fs.readdirSync(assembly.directory).filter((file) => file.endsWith('.assets.json'));
    const manifest = JSON.parse(fs.readFileSync(path.join(assembly.directory, name), 'utf8'));
    const layer: any = Object.values<any>(manifest.files).find(({ displayName }) => displayName.includes('Definitions/Layer'));
    const directory = path.join(assembly.directory, layer.source.path);
    expect(fs.readFileSync(path.join(directory, 'nodejs/node_modules/redshift-websocket-query-definitions/index.json'), 'utf8')).toContain('by_zone');
  });
});

describe('100 queries of 20 KB', () => {
  const stack = newStack();
  const query = construct({}, stack);
  const sql = `SELECT '${'x'.repeat(20 * 1024)}'`;
  for (let number = 0; number < 100; number += 1) {
    query.addQuery(`query-${number}`, { sql: SqlTemplate.inline(sql) });
  }

  it('are all in the layer', () => {
    const definitions = definitionsOf(stack);
    expect(Object.keys(definitions)).toHaveLength(101);
    expect(definitions['query-99'].sql).toEqual({ inline: sql });
  });

  it('leave the environment variables unchanged', () => {
    const [many, one] = [Template.fromStack(stack), templateOf()];
    for (const entry of ['on-connect', 'on-message', 'send-message']) {
      expect(environmentOf(many, entry)).toEqual(environmentOf(one, entry));
    }
  });

  it('create one asset when the template is synthesized twice', () => {
    Template.fromStack(stack);
    const { directory } = (stack.node.root as App).synth();
    const { files } = JSON.parse(fs.readFileSync(path.join(directory, 'Stack.assets.json'), 'utf8'));
    expect(Object.values<any>(files).filter(({ displayName }) => displayName.includes('Definitions'))).toHaveLength(1);
  });
});

describe('addQuery with invalid input', () => {
  it.each<[string, string, QueryProps, string]>([
    ['its name is that of the query of the construct', 'default', BY_ZONE, "there is a query named 'default' already, the one of the construct itself: choose another name"],
    ['its name is already used', 'taken', BY_ZONE, "there is a query named 'taken' already: choose another name"],
    ['it has no name', '', BY_ZONE, "'' is not a name of a query: use 1 to 128 letters, digits, underscores, hyphens and periods, beginning with a letter"],
    ['its name is too long', 'x'.repeat(129), BY_ZONE, 'is not a name of a query'],
    ['its name has a space', 'by zone', BY_ZONE, "'by zone' is not a name of a query"],
    ['its name is a property of every object', '__proto__', BY_ZONE, "'__proto__' is not a name of a query"],
    ['its name is a token', Aws.STACK_NAME, BY_ZONE, 'the name of a query must be known at synthesis, but is a token'],
    ['its template is invalid', 'by_zone', { sql: BY_ZONE.sql }, "the placeholder :zone has no parameter: add zone to parameters, or write :: for a cast\nin the inline SQL template of the query 'by_zone', line 1, column 34:"],
    ['it is not a read', 'by_zone', { sql: SqlTemplate.inline('DROP TABLE t') }, 'DROP makes the statement something else than a read'],
    ['its times are invalid', 'by_zone', { ...BY_ZONE, timeout: Duration.hours(25) }, 'timeout is Duration.hours(25): give at most 24 hours'],
    ['its maximum number of rows is zero', 'by_zone', { ...BY_ZONE, maxRows: 0 }, 'maxRows is 0: give an integer of at least 1'],
    ['its maximum size is not an integer number of bytes', 'by_zone', { ...BY_ZONE, maxResultSize: Size.bytes(0.5) }, 'maxResultSize is 0.5 bytes: give an integer of at least 1 byte'],
  ])('throws when %s', (_, name, props, message) => {
    const query = construct();
    query.addQuery('taken', BY_ZONE);
    expect(() => query.addQuery(name, props)).toThrow(message);
  });

  it('leaves the name available when a query is rejected', () => {
    const query = construct();
    expect(() => query.addQuery('by_zone', { sql: BY_ZONE.sql })).toThrow();
    query.addQuery('by_zone', BY_ZONE);
    expect(Object.keys(definitionsOf(Stack.of(query)))).toEqual(['by_zone', 'default']);
  });
});

describe('a query with a parameter from a claim', () => {
  const OWN: QueryProps = { sql: SqlTemplate.inline('SELECT * FROM trips WHERE tenant = :tenant'), parameters: { tenant: QueryParameter.fromClaim('tenant_id') } };
  const BY_USER: QueryProps = { ...OWN, parameters: { tenant: QueryParameter.fromClaim('userArn') } };

  it('defines the name of the claim for the functions', () => {
    const query = construct({ access: ConnectionAccess.oneTimeTicket() });
    query.addQuery('own', OWN);
    expect(definitionsOf(Stack.of(query)).own.parameters).toEqual({ tenant: { kind: 'string', minLength: 1, maxLength: 256, claim: 'tenant_id' } });
  });

  it('can use the claims of IAM callers', () => {
    const query = construct(BY_USER);
    query.addQuery('own', BY_USER);
    expect(definitionsOf(Stack.of(query)).own.parameters.tenant).toMatchObject({ claim: 'userArn' });
  });

  it.each<[string, ConnectionAccess, string]>([
    ['access is open', ConnectionAccess.open(), "the parameter 'tenant' comes from a claim, but with ConnectionAccess.open() callers are not known, so there are no claims: choose another access, "
      + 'such as ConnectionAccess.cognitoUserPool(), or let clients give the parameter'],
    ['access is IAM, which has no such claim', ConnectionAccess.iam(), "the parameter 'tenant' comes from the claim 'tenant_id', but callers with IAM credentials have only "
      + 'accountId, caller, user, userArn: choose one of them, or another access, such as ConnectionAccess.cognitoUserPool()'],
  ])('throws for the query of the construct and for an added query when %s', (_, access, message) => {
    expect(() => construct({ ...OWN, access })).toThrow(message);
    expect(() => construct({ access }).addQuery('own', OWN)).toThrow(message);
  });
});
