import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { TablePlan } from './table-plan';
import type { RunningService } from '../options';

export type Item = Record<string, unknown>;

/** Seconds since the epoch older than this are no time to live to DynamoDB, but a mistake. */
const OLDEST_TIME_TO_LIVE_SECONDS = 5 * 365 * 24 * 3600;

/** What the tables are put into, and where. */
export interface TableSettings {
  /** Starts an emulator without tables. */
  readonly startDynamoDb: () => Promise<RunningService>;
  readonly region: string;
  /** How often expired items are removed, in milliseconds. */
  readonly timeToLiveInterval: number;
  /** Takes a line about a removal that failed; the next one makes up for it. */
  readonly log: (line: string) => void;
}

/** The tables of the stack, in the memory of an emulator that speaks DynamoDB's protocol. */
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
  private sweeping: Promise<void> = Promise.resolve();

  private constructor(
    private readonly plans: readonly TablePlan[],
    private readonly dynamoDb: RunningService,
    private readonly client: DynamoDBClient,
    { timeToLiveInterval, log }: TableSettings,
  ) {
    this.documents = DynamoDBDocumentClient.from(client);
    this.timer = setInterval(() => {
      this.sweeping = this.sweeping.then(async () => this.expire()).catch((error) => log(`expired items were not removed: ${String(error)}`));
    }, timeToLiveInterval);
  }

  /** The address of the emulator. */
  public get endpoint(): string {
    return this.dynamoDb.endpoint;
  }

  /** All items of a table. */
  public async items(logicalId: string): Promise<Item[]> {
    const plan = this.plans.find((candidate) => candidate.logicalId === logicalId);
    if (plan === undefined) {
      throw new Error(`the table ${logicalId} is not in the template: name one of ${this.plans.map((other) => other.logicalId).join(', ')}`);
    }
    return this.scan(plan);
  }

  /** Removes what has expired by a moment. */
  public async expire(now = new Date()): Promise<void> {
    for (const plan of this.plans) {
      await this.expireItems(plan, Math.floor(now.getTime() / 1000));
    }
  }

  public async close(): Promise<void> {
    clearInterval(this.timer);
    await this.sweeping;
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
      if (typeof expiresAt === 'number' && expiresAt < now && expiresAt > now - OLDEST_TIME_TO_LIVE_SECONDS) {
        await this.documents.send(new DeleteCommand({
          TableName: create.TableName,
          Key: Object.fromEntries((create.KeySchema ?? []).map(({ AttributeName: name }) => [name, item[name!]])),
          // The item may have been given a longer life since it was read.
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
