import type { Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnWorkgroup } from 'aws-cdk-lib/aws-redshiftserverless';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { DatabaseUser, RedshiftCluster } from '../../src';
import type { RedshiftWebSocketQueryProps } from '../../src';

const WORKGROUP_ARN = 'arn:aws:redshift-serverless:us-east-1:111122223333:workgroup/0f1c2d3e-4a5b-6c7d-8e9f-a0b1c2d3e4f5';
const SECRET_ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:warehouse-Ab12Cd';
const KEY_ARN = 'arn:aws:kms:us-east-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef';
const NAMED_SECRET = 'another-warehouse';

/** The customer's keys of secrets that are outside of the stack. */
export const SECRET_KEYS = { [NAMED_SECRET]: KEY_ARN };

type DatabaseProps = (stack: Stack) => Pick<RedshiftWebSocketQueryProps, 'cluster' | 'databaseUser'>;

const cluster = () => RedshiftCluster.fromClusterIdentifier('analytics');
const secretByArn = (stack: Stack, id: string) => DatabaseUser.secret(Secret.fromSecretCompleteArn(stack, id, SECRET_ARN));

/** Every type of database authentication, by the id of a construct that uses it. */
export const DATABASE_PROPS: Readonly<Record<string, DatabaseProps>> = {
  ClusterAsUser: () => ({ cluster: cluster(), databaseUser: DatabaseUser.named('awsuser') }),
  ClusterAsRole: () => ({ cluster: cluster(), databaseUser: DatabaseUser.iam() }),
  ClusterBySecret: (stack) => ({ cluster: cluster(), databaseUser: secretByArn(stack, 'Secret') }),
  ClusterBySecretOfAName: (stack) => ({
    cluster: cluster(),
    databaseUser: DatabaseUser.secret(Secret.fromSecretAttributes(stack, 'NamedSecret', {
      secretPartialArn: `arn:aws:secretsmanager:us-east-1:111122223333:secret:${NAMED_SECRET}`,
      encryptionKey: Key.fromKeyArn(stack, 'Key', KEY_ARN),
    })),
  }),
  WorkgroupOfAnArn: () => ({ cluster: RedshiftCluster.fromWorkgroupArn(WORKGROUP_ARN), databaseUser: DatabaseUser.iam() }),
  WorkgroupOfAName: () => ({ cluster: RedshiftCluster.fromWorkgroupName('analytics'), databaseUser: DatabaseUser.iam() }),
  WorkgroupOfTheStack: (stack) => ({
    cluster: RedshiftCluster.fromWorkgroup(new CfnWorkgroup(stack, 'Workgroup', { workgroupName: 'of-the-stack', namespaceName: 'space' })),
    databaseUser: DatabaseUser.iam(),
  }),
  WorkgroupBySecret: (stack) => ({ cluster: RedshiftCluster.fromWorkgroupName('analytics'), databaseUser: secretByArn(stack, 'WorkgroupSecret') }),
};
