import { DeleteCommand, GetCommand, paginateQuery, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { call, errorName } from './client';
import { KEYS } from '../../function-settings';
import type { Claim, Clock, Store } from '../ports';
import type { Lease, Run, RunProgress } from '../run';

type Key = Record<string, string>;

/** A place in a connection's list of unanswered queries. */
interface RequestItem {
  readonly id: string;
  readonly run: string;
}

const RUN_SORT_KEY = 'run';

/** The store in a DynamoDB table: runs under their names, and each connection's unanswered queries under the connection. */
export class DynamoDbStore implements Store {
  constructor(private readonly client: DynamoDBDocumentClient, private readonly tableName: string, private readonly clock: Clock) {}

  public async create(run: Run): Promise<boolean> {
    const { connectionId, id, run: name, expiresAt } = run;
    const created = await this.unlessConditionFails(() => this.client.send(new PutCommand({
      TableName: this.tableName,
      Item: { ...requestKey(connectionId, id), id, run: name, expiresAt },
      ConditionExpression: 'attribute_not_exists(#partitionKey) OR #expiresAt <= :seconds',
      ExpressionAttributeNames: { '#partitionKey': KEYS.partitionKey, '#expiresAt': KEYS.expiresAt },
      ExpressionAttributeValues: { ':seconds': this.seconds() },
    })));
    if (created) {
      await call(() => this.client.send(new PutCommand({ TableName: this.tableName, Item: { ...runKey(name), ...run } })));
    }
    return created;
  }

  public async claim(run: string, until: number): Promise<Claim> {
    try {
      const { Attributes } = await call(() => this.client.send(new UpdateCommand({
        TableName: this.tableName,
        Key: runKey(run),
        UpdateExpression: 'SET leaseUntil = :until',
        ConditionExpression: '#expiresAt > :seconds AND (attribute_not_exists(leaseUntil) OR leaseUntil < :now)',
        ExpressionAttributeNames: { '#expiresAt': KEYS.expiresAt },
        ExpressionAttributeValues: { ':until': until, ':seconds': this.seconds(), ':now': this.clock.now() },
        ReturnValues: 'ALL_NEW',
      })));
      return { state: 'claimed', run: Attributes as Run, lease: { run, until } };
    } catch (error) {
      if (errorName(error) === 'ConditionalCheckFailedException') {
        return { state: await this.exists(run) ? 'held' : 'missing' };
      }
      throw error;
    }
  }

  public async save(lease: Lease, progress: RunProgress): Promise<boolean> {
    return this.write(lease, progress, 'SET progress = :progress');
  }

  public async release(lease: Lease, progress: RunProgress): Promise<void> {
    await this.write(lease, progress, 'SET progress = :progress REMOVE leaseUntil');
  }

  public async removeRequest(run: Run): Promise<void> {
    await this.unlessConditionFails(() => this.client.send(new DeleteCommand({
      TableName: this.tableName,
      Key: requestKey(run.connectionId, run.id),
      ConditionExpression: '#run = :run',
      ExpressionAttributeNames: { '#run': 'run' },
      ExpressionAttributeValues: { ':run': run.run },
    })));
  }

  public async remove(run: Run): Promise<void> {
    await this.delete(runKey(run.run));
    await this.removeRequest(run);
  }

  public async removeConnection(connectionId: string): Promise<number> {
    let runs = 0;
    for (const { id, run } of await this.requests(connectionId)) {
      await this.delete(runKey(run));
      await this.delete(requestKey(connectionId, id));
      runs += 1;
    }
    return runs;
  }

  private async requests(connectionId: string): Promise<RequestItem[]> {
    const items: RequestItem[] = [];
    const pages = paginateQuery({ client: this.client }, {
      TableName: this.tableName,
      ConsistentRead: true,
      KeyConditionExpression: '#partitionKey = :connection',
      ExpressionAttributeNames: { '#partitionKey': KEYS.partitionKey },
      ExpressionAttributeValues: { ':connection': connectionPartition(connectionId) },
    });
    for await (const page of pages) {
      items.push(...(page.Items ?? []) as RequestItem[]);
    }
    return items;
  }

  private async exists(run: string): Promise<boolean> {
    const { Item } = await call(() => this.client.send(new GetCommand({ TableName: this.tableName, Key: runKey(run), ConsistentRead: true })));
    return Item !== undefined && (Item as Run).expiresAt > this.seconds();
  }

  private async write(lease: Lease, progress: RunProgress, expression: string): Promise<boolean> {
    return this.unlessConditionFails(() => this.client.send(new UpdateCommand({
      TableName: this.tableName,
      Key: runKey(lease.run),
      UpdateExpression: expression,
      ConditionExpression: 'leaseUntil = :until',
      ExpressionAttributeValues: { ':progress': progress, ':until': lease.until },
    })));
  }

  private async delete(key: Key): Promise<void> {
    await call(() => this.client.send(new DeleteCommand({ TableName: this.tableName, Key: key })));
  }

  private async unlessConditionFails(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await call(action);
      return true;
    } catch (error) {
      if (errorName(error) === 'ConditionalCheckFailedException') {
        return false;
      }
      throw error;
    }
  }

  private seconds(): number {
    return Math.floor(this.clock.now() / 1000);
  }
}

function runKey(run: string): Key {
  return { [KEYS.partitionKey]: `run#${run}`, [KEYS.sortKey]: RUN_SORT_KEY };
}

function requestKey(connectionId: string, id: string): Key {
  return { [KEYS.partitionKey]: connectionPartition(connectionId), [KEYS.sortKey]: `request#${id}` };
}

function connectionPartition(connectionId: string): string {
  return `connection#${connectionId}`;
}
