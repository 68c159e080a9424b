import type { Finding } from './nag';

/** What cdk-nag finds, and why it stays: docs/security.md has the same list. */
export interface AcceptedFinding {
  readonly rules: readonly string[];
  /** The paths of resources below their stack, and in words. */
  readonly where: readonly [pattern: RegExp, words: string];
  /** What the rule names, where it names several things; everything otherwise. */
  readonly detail?: RegExp;
  readonly reason: string;
  /** The variants that have the prop by which the finding goes away. */
  readonly goneIn?: readonly string[];
}

const AWS_SOLUTIONS = 'AwsSolutions';
const HIPAA = 'HIPAA.Security';
const NIST = 'NIST.800.53.R5';
const PCI = 'PCI.DSS.321';

const rule = (name: string, ...packs: readonly string[]): string[] => packs.map((pack) => `${pack}-${name}`);

const FUNCTIONS: AcceptedFinding['where'] = [/^(Query|TripsByMonth)\/.*Functions\//, 'the functions'];
const TABLE: AcceptedFinding['where'] = [/^(Query|TripsByMonth)\/Table$/, 'the table'];
const BUCKET: AcceptedFinding['where'] = [/^(Query|TripsByMonth)\/Results$/, 'the result bucket'];
const LOGS: AcceptedFinding['where'] = [/^(Query|TripsByMonth)\/.*Logs$/, 'the log groups'];
const POLICIES: AcceptedFinding['where'] = [/^((Query|TripsByMonth)\/.*Role|Role)\/DefaultPolicy$/, 'the policies of the roles'];
const PAGE_BUCKET: AcceptedFinding['where'] = [/^Page\/Bucket$/, 'the page of the taxi example'];
const DISTRIBUTION: AcceptedFinding['where'] = [/^Page\/Distribution$/, 'the page of the taxi example'];
const DEPLOYMENT: AcceptedFinding['where'] = [/^Custom::CDKBucketDeployment/, 'the function by which the AWS CDK copies the page of the taxi example'];

const IN_VPC = ['InVpc', 'Everything'];
const ENCRYPTED = ['Encrypted', 'Everything'];

export const ACCEPTED: readonly AcceptedFinding[] = [
  {
    rules: [...rule('DDB3', AWS_SOLUTIONS), ...rule('DynamoDBPITREnabled', HIPAA, NIST), ...rule('DynamoDBInBackupPlan', HIPAA, NIST)],
    where: TABLE,
    reason: 'It holds queries that are being answered, and results for as long as they may be asked for. A backup would keep rows beyond the time that the '
      + 'queries say; a lost table costs the queries under way, and clients ask again.',
  },
  {
    rules: rule('S3BucketVersioningEnabled', HIPAA, NIST, PCI),
    where: BUCKET,
    reason: 'Objects are written once, under names that are never used again. A version would keep rows after their expiry.',
  },
  {
    rules: rule('S3BucketReplicationEnabled', HIPAA, NIST, PCI),
    where: BUCKET,
    reason: 'A result is a copy of what is in the database, for some hours. A replica would take rows to another Region or account.',
  },
  {
    rules: [...rule('S1', AWS_SOLUTIONS), ...rule('S3BucketLoggingEnabled', HIPAA, NIST, PCI)],
    where: BUCKET,
    reason: 'Only the functions read and write it, and CloudTrail data events tell of it where they are on. Server access logs need a bucket of the account\'s.',
  },
  {
    rules: rule('S3DefaultEncryptionKMS', HIPAA, NIST, PCI),
    where: BUCKET,
    reason: 'Encrypted with a key that S3 manages. `encryptionKey` puts the customer\'s in its place.',
    goneIn: ENCRYPTED,
  },
  {
    rules: rule('CloudWatchLogGroupEncrypted', HIPAA, NIST, PCI),
    where: LOGS,
    reason: 'Encrypted with a key that CloudWatch Logs manages. `encryptionKey` puts the customer\'s in its place.',
    goneIn: ENCRYPTED,
  },
  {
    rules: rule('LambdaInsideVPC', HIPAA, NIST, PCI),
    where: FUNCTIONS,
    reason: 'They reach AWS by its public, signed addresses, and nothing reaches them but Lambda. `vpc` puts them into a network.',
    goneIn: IN_VPC,
  },
  {
    rules: rule('LambdaConcurrency', HIPAA, NIST),
    where: FUNCTIONS,
    reason: 'A reservation takes from the account\'s concurrency what only its owner can give. SendMessage is bounded by its event source, the others by the '
      + 'throttle of the stage; `reservedConcurrentExecutions` can be set on the functions\' `node.defaultChild`.',
  },
  {
    rules: rule('LambdaDLQ', HIPAA, NIST),
    where: FUNCTIONS,
    reason: 'A dead-letter queue takes asynchronous invocations, and there are none: API Gateway waits for its functions, and what SendMessage fails at goes to '
      + 'the dead-letter queue of its queue.',
  },
  {
    rules: rule('IAMNoInlinePolicy', HIPAA, NIST, PCI),
    where: POLICIES,
    reason: 'A policy names the resources of one construct, belongs to one role and goes with it. As a managed policy it could be attached to others.',
  },
  {
    rules: rule('IAM5', AWS_SOLUTIONS),
    where: POLICIES,
    detail: /^Resource::\*$/,
    reason: 'The actions know no resource: three of the Redshift Data API, which opens a statement only to the role that started it, and in a VPC two of EC2.',
  },
  {
    rules: rule('IAM5', AWS_SOLUTIONS),
    where: POLICIES,
    detail: /^Resource::arn:<AWS::Partition>:ec2:[^:]+:[^:]+:\*$/,
    reason: 'Lambda makes the network interfaces in a VPC by the role. The code of the functions is denied the same actions.',
  },
  {
    rules: rule('IAM5', AWS_SOLUTIONS),
    where: POLICIES,
    detail: /^Resource::arn:<AWS::Partition>:execute-api:.*\/prod\/(POST|DELETE)\/@connections\/\*$/,
    reason: 'Connections come and go; only those of the one stage.',
  },
  {
    rules: rule('IAM5', AWS_SOLUTIONS),
    where: POLICIES,
    detail: /^Resource::<\w+Results\w+\.Arn>\/\*$/,
    reason: 'Results come and go; only in the one bucket.',
  },
  {
    rules: rule('IAM5', AWS_SOLUTIONS),
    where: POLICIES,
    detail: /^Resource::arn:<AWS::Partition>:redshift-serverless:.*:workgroup\/\*$/,
    reason: 'Only for `RedshiftCluster.fromWorkgroupName`: a name does not tell the ARN. Synthesis warns of it; `fromWorkgroupArn` is narrow.',
  },
  {
    rules: rule('APIG1', AWS_SOLUTIONS),
    where: [/^(Query|TripsByMonth)\/Stage$/, 'the stage'],
    reason: 'Access logs need a role that is set once for the whole account. `accessLogs` turns them on.',
    goneIn: ['Everything'],
  },
  {
    rules: rule('APIG4', AWS_SOLUTIONS),
    where: [/^(Query|TripsByMonth)\/Api\/\$(default|disconnect)-Route$/, 'the routes for messages and leaving'],
    reason: 'API Gateway authorizes a WebSocket at `$connect` only; who is on a connection was let in there.',
  },
  {
    rules: rule('APIG4', AWS_SOLUTIONS),
    where: [/^(Query|TripsByMonth)\/Api\/\$connect-Route$/, 'the route for connecting'],
    reason: 'Only for `ConnectionAccess.open()`, which says so.',
  },
  {
    rules: [...rule('S1', AWS_SOLUTIONS), ...['S3BucketLoggingEnabled', 'S3BucketReplicationEnabled', 'S3BucketVersioningEnabled', 'S3DefaultEncryptionKMS']
      .flatMap((name) => rule(name, HIPAA, NIST, PCI))],
    where: PAGE_BUCKET,
    reason: 'Public files, which are deployed again from the repository.',
  },
  {
    rules: rule('CFR1', AWS_SOLUTIONS),
    where: DISTRIBUTION,
    reason: 'Public trips, for everywhere.',
  },
  {
    rules: rule('CFR2', AWS_SOLUTIONS),
    where: DISTRIBUTION,
    reason: 'Files only. AWS WAF is the account\'s to pay for.',
  },
  {
    rules: rule('CFR3', AWS_SOLUTIONS),
    where: DISTRIBUTION,
    reason: 'An example keeps no list of its visitors.',
  },
  {
    rules: rule('CFR4', AWS_SOLUTIONS),
    where: DISTRIBUTION,
    reason: 'The domain is CloudFront\'s own, whose certificate fixes the protocol; a domain of one\'s own brings one.',
  },
  {
    rules: [...rule('IAM4', AWS_SOLUTIONS), ...rule('IAM5', AWS_SOLUTIONS), ...rule('L1', AWS_SOLUTIONS), ...rule('IAMNoInlinePolicy', HIPAA, NIST, PCI),
      ...rule('LambdaConcurrency', HIPAA, NIST), ...rule('LambdaDLQ', HIPAA, NIST), ...rule('LambdaInsideVPC', HIPAA, NIST, PCI)],
    where: DEPLOYMENT,
    reason: 'The AWS CDK\'s `BucketDeployment`, which runs while the example is deployed, and never else.',
  },
];

/** Whether a finding is one of those that an entry accepts. */
export function accepts({ rules, where: [pattern], detail, goneIn = [] }: AcceptedFinding, finding: Finding): boolean {
  return rules.includes(finding.rule) && pattern.test(finding.resource)
    && (detail?.test(finding.detail) ?? true) && !goneIn.includes(finding.variant);
}

/** The entries as the lines of a table in Markdown. */
export function acceptedTable(): string[] {
  const lines = ACCEPTED.map(({ rules, where: [, words], reason }) => `| ${namesOf(rules)} | ${words} | ${reason} |`);
  return ['| rule | where | why it stays |', '|---|---|---|', ...lines];
}

/** Each name once, with its packs behind it. */
function namesOf(rules: readonly string[]): string {
  const split = rules.map((id): [pack: string, name: string] => [id.slice(0, id.indexOf('-')), id.slice(id.indexOf('-') + 1)]);
  const names = [...new Set(split.map(([, name]) => name))];
  return names.map((name) => `\`${name}\` (${split.filter(([, other]) => other === name).map(([pack]) => pack.split('.')[0]).join(', ')})`).join(', ');
}
