import { inputProblem, restInput, serviceModel } from '../../local/service-models';

const DYNAMODB = serviceModel('dynamodb');
const SQS = serviceModel('sqs');
const S3 = serviceModel('s3');

/** The path in the problem, and the rest of the problem. */
function problem(model: typeof DYNAMODB, operation: string, input: unknown): string[] | undefined {
  return /at '(.*)' failed to satisfy constraint: Member (.*)$/.exec(inputProblem(model, operation, input) ?? '')?.slice(1);
}

describe('inputProblem', () => {
  const put = (Item: unknown) => ({ TableName: 'things', Item });

  it('returns undefined when the input is valid', () => {
    expect(inputProblem(DYNAMODB, 'PutItem', put({ id: { S: 'a' }, list: { L: [{ N: '1' }, { M: { deep: { BOOL: true } } }, { NULL: true }] }, bytes: { B: 'AAEC' } }))).toBeUndefined();
    expect(inputProblem(SQS, 'SendMessageBatch', { QueueUrl: 'u', Entries: [{ Id: '1', MessageBody: 'b', DelaySeconds: 3 }] })).toBeUndefined();
  });

  it.each([
    ['without a member that is required', put(undefined), ['Item', 'must not be null']],
    ['with a member of another type', put({ id: { S: 7 } }), ['Item.id.S', 'must be a string']],
    ['with a member that does not exist', put({ id: { X: 'a' } }), ['Item.id.X', 'must be a member of the operation']],
    ['with an invalid nested value', put({ list: { L: [{ S: 'a' }, { M: { deep: { BOOL: 'yes' } } }] } }), ['Item.list.L.2.M.deep.BOOL', 'must be a boolean']],
    ['with bytes that are no base64', put({ bytes: { B: 'not base64!' } }), ['Item.bytes.B', 'must be base64']],
    ['with a list in place of a map', put([]), ['Item', 'must be a map']],
    ['with a string that is too long', { ...put({}), TableName: 'x'.repeat(1025) }, ['TableName', 'must have length less than or equal to 1024']],
  ])('returns a problem with the path: %s', (_, input, expected) => {
    expect(problem(DYNAMODB, 'PutItem', input)).toEqual(expected);
  });

  it('returns a problem when an enum value or integer is invalid', () => {
    expect(problem(DYNAMODB, 'Query', { TableName: 't', Limit: 0 })).toEqual(['Limit', 'must have value greater than or equal to 1']);
    expect(problem(DYNAMODB, 'Query', { TableName: 't', Limit: 1.5 })).toEqual(['Limit', 'must be an integer']);
    expect(problem(DYNAMODB, 'Query', { TableName: 't', Select: 'SOME' })![1]).toContain('must satisfy enum value set: [ALL_ATTRIBUTES, ');
  });

  it('returns no value when a pattern doesn\'t match', () => {
    const found = inputProblem(serviceModel('redshift-data'), 'ExecuteStatement', { Sql: 'x', Parameters: [{ name: 'a-secret', value: 'v' }] });
    expect(found).toContain('Value at \'Parameters.1.name\' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-zA-Z_]+');
    expect(found).not.toContain('a-secret');
  });

  it('throws with the fix when the operation has no model', () => {
    expect(() => inputProblem(SQS, 'PurgeQueue', {})).toThrow('the operation PurgeQueue has no model: add it to local/service-models/update.ts');
  });
});

it('restInput() reads path, headers, query string and body', () => {
  const request = {
    headers: { 'content-length': '3', 'x-amz-sdk-checksum-algorithm': 'CRC32', 'x-amz-server-side-encryption-bucket-key-enabled': 'true' },
    query: new URLSearchParams('x-id=PutObject'),
    path: { Bucket: 'results', Key: 'a/b' },
    body: Buffer.from('abc'),
  };
  const input = restInput(S3, 'PutObject', request);
  expect(input).toEqual({ Bucket: 'results', Key: 'a/b', ContentLength: 3, ChecksumAlgorithm: 'CRC32', BucketKeyEnabled: true, Body: Buffer.from('abc') });
  expect(inputProblem(S3, 'PutObject', input)).toBeUndefined();
  expect(problem(S3, 'PutObject', restInput(S3, 'PutObject', { ...request, headers: { 'x-amz-sdk-checksum-algorithm': 'CRC99' } }))![0]).toBe('ChecksumAlgorithm');
});
