import type { Finding } from './nag';

/** Findings of cdk-nag and the reason to accept them. docs/linter-findings.md is generated from these entries. */
export interface AcceptedFinding {
  readonly rules: readonly string[];
  /** The paths of resources below their stack, and their description. */
  readonly where: readonly [pattern: RegExp, words: string];
  /** The detail that the rule reports; any detail if missing. */
  readonly detail?: RegExp;
  readonly reason: string;
  /** The variants with the prop that removes the finding. */
  readonly removedIn?: readonly string[];
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
const DEPLOYMENT: AcceptedFinding['where'] = [/^Custom::CDKBucketDeployment/, 'the function of the AWS CDK that copies the page of the taxi example'];

const IN_VPC = ['InVpc', 'Everything'];
const ENCRYPTED = ['Encrypted', 'Everything'];

export const ACCEPTED: readonly AcceptedFinding[] = [
  {
    rules: [...rule('DDB3', AWS_SOLUTIONS), ...rule('DynamoDBPITREnabled', HIPAA, NIST), ...rule('DynamoDBInBackupPlan', HIPAA, NIST)],
    where: TABLE,
    reason: 'The table stores queries in flight, and results until their retention ends. A backup would store rows for longer than the configured retention. '
      + 'If the table is lost, only the queries in flight fail, and clients submit them again.',
  },
  {
    rules: rule('S3BucketVersioningEnabled', HIPAA, NIST, PCI),
    where: BUCKET,
    reason: 'The functions write each object once, with a unique name. A version would store rows after their expiry.',
  },
  {
    rules: rule('S3BucketReplicationEnabled', HIPAA, NIST, PCI),
    where: BUCKET,
    reason: 'A result is a temporary copy of rows in the database. A replica would copy rows to another Region or account.',
  },
  {
    rules: [...rule('S1', AWS_SOLUTIONS), ...rule('S3BucketLoggingEnabled', HIPAA, NIST, PCI)],
    where: BUCKET,
    reason: 'Only the functions read and write the bucket. CloudTrail data events, if enabled, record the access. Server access logs require another bucket.',
  },
  {
    rules: rule('S3DefaultEncryptionKMS', HIPAA, NIST, PCI),
    where: BUCKET,
    reason: 'S3 encrypts the objects with a key that it manages. `encryptionKey` replaces this key with a customer managed key.',
    removedIn: ENCRYPTED,
  },
  {
    rules: rule('CloudWatchLogGroupEncrypted', HIPAA, NIST, PCI),
    where: LOGS,
    reason: 'CloudWatch Logs encrypts the logs with a key that it manages. `encryptionKey` replaces this key with a customer managed key.',
    removedIn: ENCRYPTED,
  },
  {
    rules: rule('LambdaInsideVPC', HIPAA, NIST, PCI),
    where: FUNCTIONS,
    reason: 'The functions send signed requests to the public endpoints of AWS, and only Lambda can invoke them. `vpc` adds a network.',
    removedIn: IN_VPC,
  },
  {
    rules: rule('LambdaConcurrency', HIPAA, NIST),
    where: FUNCTIONS,
    reason: 'Reserved concurrency reduces the concurrency of all other functions in the account. The event source limits SendMessage, and the throttle of the stage '
      + 'limits the other functions. You can set `reservedConcurrentExecutions` on the `node.defaultChild` of a function.',
  },
  {
    rules: rule('LambdaDLQ', HIPAA, NIST),
    where: FUNCTIONS,
    reason: 'A dead-letter queue of a function receives asynchronous invocations, and these functions have none. API Gateway invokes them synchronously. Jobs that '
      + 'SendMessage can\'t complete go to the dead-letter queue of the delivery queue.',
  },
  {
    rules: rule('IAMNoInlinePolicy', HIPAA, NIST, PCI),
    where: POLICIES,
    reason: 'Each policy contains the resources of one construct and belongs to one role. A managed policy could be attached to other roles.',
  },
  {
    rules: rule('IAM5', AWS_SOLUTIONS),
    where: POLICIES,
    detail: /^Resource::\*$/,
    reason: 'The actions support no resource: three of the Redshift Data API, and two of EC2 in a VPC. The Data API allows them only on statements of the same role.',
  },
  {
    rules: rule('IAM5', AWS_SOLUTIONS),
    where: POLICIES,
    detail: /^Resource::arn:<AWS::Partition>:ec2:[^:]+:[^:]+:\*$/,
    reason: 'Lambda uses the role to create network interfaces in a VPC. The code of the functions is denied these actions.',
  },
  {
    rules: rule('IAM5', AWS_SOLUTIONS),
    where: POLICIES,
    detail: /^Resource::arn:<AWS::Partition>:execute-api:.*\/prod\/(POST|DELETE)\/@connections\/\*$/,
    reason: 'The ids of connections aren\'t known at deployment. The permission covers only connections of one stage.',
  },
  {
    rules: rule('IAM5', AWS_SOLUTIONS),
    where: POLICIES,
    detail: /^Resource::<\w+Results\w+\.Arn>\/\*$/,
    reason: 'The names of results aren\'t known at deployment. The permission covers only one bucket.',
  },
  {
    rules: rule('IAM5', AWS_SOLUTIONS),
    where: POLICIES,
    detail: /^Resource::arn:<AWS::Partition>:redshift-serverless:.*:workgroup\/\*$/,
    reason: 'Applies only to `RedshiftCluster.fromWorkgroupName()`, because a name doesn\'t contain the ARN. Synthesis warns about it. `fromWorkgroupArn()` covers only one workgroup.',
  },
  {
    rules: rule('APIG1', AWS_SOLUTIONS),
    where: [/^(Query|TripsByMonth)\/Stage$/, 'the stage'],
    reason: 'Access logs require a role that is configured once for the account. `accessLogs` enables them.',
    removedIn: ['Everything'],
  },
  {
    rules: rule('APIG4', AWS_SOLUTIONS),
    where: [/^(Query|TripsByMonth)\/Api\/\$(default|disconnect)-Route$/, 'the routes `$default` and `$disconnect`'],
    reason: 'API Gateway authorizes WebSocket connections only at `$connect`. Later messages belong to an authorized connection.',
  },
  {
    rules: rule('APIG4', AWS_SOLUTIONS),
    where: [/^(Query|TripsByMonth)\/Api\/\$connect-Route$/, 'the route `$connect`'],
    reason: 'Applies only to `ConnectionAccess.open()`. Synthesis warns about it.',
  },
  {
    rules: [...rule('S1', AWS_SOLUTIONS), ...['S3BucketLoggingEnabled', 'S3BucketReplicationEnabled', 'S3BucketVersioningEnabled', 'S3DefaultEncryptionKMS']
      .flatMap((name) => rule(name, HIPAA, NIST, PCI))],
    where: PAGE_BUCKET,
    reason: 'The bucket contains public files, and every deployment uploads them again.',
  },
  {
    rules: rule('CFR1', AWS_SOLUTIONS),
    where: DISTRIBUTION,
    reason: 'The data is public in all countries.',
  },
  {
    rules: rule('CFR2', AWS_SOLUTIONS),
    where: DISTRIBUTION,
    reason: 'The distribution serves only static files. AWS WAF has a cost.',
  },
  {
    rules: rule('CFR3', AWS_SOLUTIONS),
    where: DISTRIBUTION,
    reason: 'The example stores no log of its visitors.',
  },
  {
    rules: rule('CFR4', AWS_SOLUTIONS),
    where: DISTRIBUTION,
    reason: 'The certificate of the CloudFront domain determines the protocol. A custom domain has its own certificate.',
  },
  {
    rules: [...rule('IAM4', AWS_SOLUTIONS), ...rule('IAM5', AWS_SOLUTIONS), ...rule('L1', AWS_SOLUTIONS), ...rule('IAMNoInlinePolicy', HIPAA, NIST, PCI),
      ...rule('LambdaConcurrency', HIPAA, NIST), ...rule('LambdaDLQ', HIPAA, NIST), ...rule('LambdaInsideVPC', HIPAA, NIST, PCI)],
    where: DEPLOYMENT,
    reason: '`BucketDeployment` of the AWS CDK defines the function. It runs only during a deployment of the example.',
  },
];

/** Findings of cfn-lint and the reason to accept them. docs/linter-findings.md is generated from these entries. */
export const ACCEPTED_LINT: readonly { rule: string; message: RegExp; variants: RegExp; where: string; reason: string }[] = [
  {
    rule: 'W3005',
    message: /Role\w*' dependency already enforced by a 'GetAtt'/,
    variants: /^/,
    where: 'the functions',
    reason: 'The AWS CDK makes a function depend on its role and on the policy of the role. The first dependency is redundant and has no effect.',
  },
  {
    rule: 'E3006',
    message: /^Resource type 'AWS::CloudFront::\w+' does not exist in '(cn-north-1|us-gov-west-1)'$/,
    variants: /^TaxiByMonth$/,
    where: 'the page of the taxi example',
    reason: 'The page uses CloudFront, which isn\'t fully available in China and GovCloud. The construct doesn\'t use it.',
  },
];

/** Whether an entry accepts a finding. */
export function accepts({ rules, where: [pattern], detail, removedIn: removedIn = [] }: AcceptedFinding, finding: Finding): boolean {
  return rules.includes(finding.rule) && pattern.test(finding.resource)
    && (detail?.test(finding.detail) ?? true) && !removedIn.includes(finding.variant);
}
