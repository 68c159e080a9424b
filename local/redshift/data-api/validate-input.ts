import { validationError } from './service-error';

interface MemberRule {
  readonly type: 'string' | 'boolean' | 'integer' | 'list' | 'structure';
  readonly required?: boolean;
  readonly least?: number;
  readonly most?: number;
  readonly pattern?: RegExp;
  readonly values?: readonly string[];
  readonly member?: MemberRule;
  readonly members?: Record<string, MemberRule>;
}

const STATUSES = ['SUBMITTED', 'PICKED', 'STARTED', 'FINISHED', 'ABORTED', 'FAILED'];
const STATEMENT_ID: MemberRule = { type: 'string', pattern: /^[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}(:\d+)?$/ };
const CLUSTER: MemberRule = { type: 'string', least: 1, most: 63, pattern: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/ };
const WORKGROUP: MemberRule = {
  type: 'string',
  least: 3,
  most: 128,
  pattern: /^[a-z0-9-]{3,63}$|^arn:aws(-[a-z]+)*:redshift-serverless:[a-z]{2}(-gov|-iso[a-z]?)?-[a-z]+-\d:\d{12}:workgroup\/[0-9a-f-]{36}$/,
};
const WAIT: MemberRule = { type: 'integer', least: 1, most: 30 };
const NAME: MemberRule = { type: 'string', least: 0, most: 2048 };
const TEXT: MemberRule = { type: 'string' };

/** The inputs as the service's model describes them. */
const INPUTS: Record<string, Record<string, MemberRule>> = {
  ExecuteStatement: {
    Sql: { type: 'string', required: true },
    ClusterIdentifier: CLUSTER,
    SecretArn: TEXT,
    DbUser: TEXT,
    Database: TEXT,
    WithEvent: { type: 'boolean' },
    StatementName: NAME,
    Parameters: {
      type: 'list',
      least: 1,
      member: {
        type: 'structure',
        members: {
          name: { type: 'string', required: true, pattern: /^[0-9a-zA-Z_]+$/ },
          value: { type: 'string', required: true, least: 1 },
        },
      },
    },
    WorkgroupName: WORKGROUP,
    ClientToken: { type: 'string', least: 1, most: 64 },
    ResultFormat: { type: 'string', values: ['JSON', 'CSV'] },
    SessionKeepAliveSeconds: { type: 'integer', least: 0, most: 86400 },
    SessionId: STATEMENT_ID,
    WaitTimeSeconds: WAIT,
  },
  DescribeStatement: { Id: { ...STATEMENT_ID, required: true }, WaitTimeSeconds: WAIT },
  GetStatementResult: { Id: { ...STATEMENT_ID, required: true }, NextToken: TEXT, WaitTimeSeconds: WAIT },
  CancelStatement: { Id: { ...STATEMENT_ID, required: true } },
  ListStatements: {
    NextToken: TEXT,
    MaxResults: { type: 'integer', least: 0, most: 100 },
    StatementName: NAME,
    Status: { type: 'string', values: [...STATUSES, 'ALL'] },
    RoleLevel: { type: 'boolean' },
    Database: TEXT,
    ClusterIdentifier: CLUSTER,
    WorkgroupName: WORKGROUP,
  },
};

/** Refuses an input that the model of the operation does not allow, naming the member but never a parameter's value. */
export function validateInput(operation: string, input: unknown): void {
  checkMembers(INPUTS[operation], input, '');
}

function checkMembers(members: Record<string, MemberRule>, input: unknown, path: string): void {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) fail(path || 'the input', 'must be an object');
  for (const name of Object.keys(input as object)) {
    if (!Object.hasOwn(members, name)) fail(`${path}${name}`, 'is not a member of the input that the local Data API knows');
  }
  for (const [name, rule] of Object.entries(members)) {
    const value = (input as Record<string, unknown>)[name];
    if (value === undefined || value === null) {
      if (rule.required) fail(`${path}${name}`, 'must not be null');
    } else {
      checkValue(rule, value, `${path}${name}`);
    }
  }
}

function checkValue(rule: MemberRule, value: unknown, path: string): void {
  if (rule.type === 'structure') {
    checkMembers(rule.members!, value, `${path}.`);
  } else if (rule.type === 'list') {
    if (!Array.isArray(value)) fail(path, 'must be a list');
    checkLength(rule, (value as unknown[]).length, path);
    (value as unknown[]).forEach((element, index) => checkValue(rule.member!, element, `${path}.${index + 1}`));
  } else if (rule.type === 'integer') {
    if (!Number.isInteger(value)) fail(path, 'must be a whole number');
    checkLength(rule, value as number, path, 'value');
  } else if (typeof value !== rule.type) {
    fail(path, `must be a ${rule.type}`);
  } else if (rule.type === 'string') {
    checkText(rule, value as string, path);
  }
}

function checkText(rule: MemberRule, value: string, path: string): void {
  checkLength(rule, value.length, path);
  if (rule.pattern && !rule.pattern.test(value)) fail(path, `must satisfy the pattern ${rule.pattern.source}`);
  if (rule.values && !rule.values.includes(value)) fail(path, `must be one of ${rule.values.join(', ')}`);
}

function checkLength(rule: MemberRule, length: number, path: string, what = 'length'): void {
  if (rule.least !== undefined && length < rule.least) fail(path, `must have a ${what} greater than or equal to ${rule.least}`);
  if (rule.most !== undefined && length > rule.most) fail(path, `must have a ${what} less than or equal to ${rule.most}`);
}

function fail(path: string, reason: string): never {
  throw validationError(`1 validation error detected: Value at '${path}' failed to satisfy constraint: Member ${reason}`);
}
