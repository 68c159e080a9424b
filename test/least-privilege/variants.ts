import type { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { DATABASE_PROPS } from './database-props';
import type { RedshiftWebSocketQueryProps } from '../../src';
import { lambdaRole, networkProps } from '../support/complete-props';

type Variant = (stack: Stack) => Pick<RedshiftWebSocketQueryProps, 'cluster' | 'databaseUser'> & Partial<RedshiftWebSocketQueryProps>;

/** The services that the functions use. A permissions boundary only limits permissions, and grants none. */
const BOUNDARY = ['dynamodb', 'execute-api', 'kms', 'logs', 'redshift', 'redshift-data', 's3', 'sqs'].map((service) => `${service}:*`);

/** Every type of database authentication, and every prop that changes the permissions of the roles, by construct ID. */
export const VARIANTS: Readonly<Record<string, Variant>> = {
  ...DATABASE_PROPS,
  EncryptedAndBounded: (stack) => ({
    ...DATABASE_PROPS.ClusterAsUser(stack),
    encryptionKey: new kms.Key(stack, 'DataKey'),
    permissionsBoundary: new iam.ManagedPolicy(stack, 'Boundary', { statements: [new iam.PolicyStatement({ actions: BOUNDARY, resources: ['*'] })] }),
  }),
  InVpcWithOwnRole: (stack) => ({
    ...DATABASE_PROPS.ClusterAsRole(stack),
    ...networkProps(stack),
    securityGroups: undefined,
    statementRole: lambdaRole(stack, 'OwnStatementRole'),
  }),
};
