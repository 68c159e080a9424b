import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { TablePlan } from './table-plan';
import type { RunningService } from '../options';

export type Item = Record<string, unknown>;

/** DynamoDB ignores a time to live that is more than five years in the past. */
const MAX_TIME_TO_LIVE_AGE_SECONDS = 5 * 365 * 24 * 3600;

/** Settings of the tables. */
export interface TableSettings {
  /** Starts an emulator without tables. */
  readonly startDynamoDb: () => Promise<RunningService>;
  readonly region: string;
  /** Interval at which expired items are deleted, in milliseconds. */
  readonly timeToLiveInterval: number;
  /** Logs a failed deletion, which the next interval retries. */
  readonly log: (line: string) => void;
}

/** The tables of the stack, in an emulator of DynamoDB. */
export class Tables {
  /** Starts the emulator, and creates the tables. */
  public static async start(plans: readonly TablePlan[], settings: TableSettings): Promise<Tables> {
    const dynamoDb = await settings.startDynamoDb();
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new DynamoDBClient({ endpoint: dynamoDb.endpoint, region: settings.region, credentials });
    try {
      await Promise.all(plans.map(async ({ create }) => {
        await client.send(new CreateTableCommand(create));
        await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1 }, { TableName: create.TableName });
      }));
    } catch (error) {
      client.destroy();
      await dynamoDb.close();
      throw error;
    }
    return new Tables(plans, dynamoDb, client, settings);
  }

  private readonly documents: DynamoDBDocumentClient;
  private readonly timer: NodeJS.Timeout;
  private expiring: Promise<void> = Promise.resolve();

  private constructor(
    private readonly plans: readonly TablePlan[],
    private readonly dynamoDb: RunningService,
    private readonly client: DynamoDBClient,
    { timeToLiveInterval, log }: TableSettings,
  ) {
    this.documents = DynamoDBDocumentClient.from(client);
    this.timer = setInterval(() => {
      this.expiring = this.expiring.then(async () => this.expire()).catch((error) => log(`failed to delete expired items: ${String(error)}`));
    }, timeToLiveInterval);
  }

  /** Endpoint of the emulator. */
  public get endpoint(): string {
    return this.dynamoDb.endpoint;
  }

  /** All items of a table. */
  public async items(logicalId: string): Promise<Item[]> {
    const plan = this.plans.find((candidate) => candidate.logicalId === logicalId);
    if (plan === undefined) {
      throw new Error(`the table ${logicalId} isn't in the template: use one of ${this.plans.map((other) => other.logicalId).join(', ')}`);
    }
    return this.scan(plan);
  }

  /** Deletes the items that expire before a date. */
  public async expire(now = new Date()): Promise<void> {
    for (const plan of this.plans) {
      await this.expireItems(plan, Math.floor(now.getTime() / 1000));
    }
  }

  public async close(): Promise<void> {
    clearInterval(this.timer);
    await this.expiring;
    this.client.destroy();
    await this.dynamoDb.close();
  }

  private async scan({ create }: TablePlan): Promise<Item[]> {
    const items: Item[] = [];
    for await (const page of paginateScan({ client: this.documents }, { TableName: create.TableName, ConsistentRead: true })) {
      items.push(...page.Items ?? []);
    }
    return items;
  }

  private async expireItems(plan: TablePlan, now: number): Promise<void> {
    const { timeToLiveAttribute, create } = plan;
    if (timeToLiveAttribute === undefined) {
      return;
    }
    for (const item of await this.scan(plan)) {
      const expiresAt = item[timeToLiveAttribute];
      if (typeof expiresAt === 'number' && expiresAt < now && expiresAt > now - MAX_TIME_TO_LIVE_AGE_SECONDS) {
        await this.documents.send(new DeleteCommand({
          TableName: create.TableName,
          Key: Object.fromEntries((create.KeySchema ?? []).map(({ AttributeName: name }) => [name, item[name!]])),
          // A function can extend the time to live after the item is read.
          ConditionExpression: '#expiresAt = :expiresAt',
          ExpressionAttributeNames: { '#expiresAt': timeToLiveAttribute },
          ExpressionAttributeValues: { ':expiresAt': expiresAt },
        })).catch(ignoreFailedCondition);
      }
    }
  }
}

function ignoreFailedCondition(error: Error): void {
  if (error.name !== 'ConditionalCheckFailedException') {
    throw error;
  }
}
