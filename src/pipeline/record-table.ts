import type { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { KEYS } from '../shared/table-keys';

export interface RecordTableProps {
  readonly removalPolicy: RemovalPolicy;
  readonly encryptionKey?: kms.IKey;
}

/** Table with the records of connections, requests and runs, which expire automatically. */
export class RecordTable extends dynamodb.Table {
  constructor(scope: Construct, id: string, { removalPolicy, encryptionKey }: RecordTableProps) {
    super(scope, id, {
      partitionKey: { name: KEYS.partitionKey, type: dynamodb.AttributeType.STRING },
      sortKey: { name: KEYS.sortKey, type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: KEYS.expiresAt,
      ...encryptionKey && { encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED, encryptionKey },
      removalPolicy,
    });
  }
}
