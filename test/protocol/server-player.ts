import * as fs from 'node:fs';
import * as path from 'node:path';
import { Placeholders } from './placeholders';
import { eachStep } from './transcript';
import type { Step, Template, Transcript } from './transcript';
import type { ServerMessage } from '../../src/protocol/messages';
import type { Identity } from '../../src/runtime/model/connection';
import { ThrottledError } from '../../src/runtime/model/errors';
import type { Queries } from '../../src/runtime/model/query-request';
import { failNext } from '../support/memory/interventions';
import { MemoryClient } from '../support/memory/memory-client';
import { MemoryServices, NOTHING } from '../support/memory/memory-services';
import { FINISHED } from '../support/memory/memory-statement-api';

const QUERIES = JSON.parse(fs.readFileSync(path.join(__dirname, 'queries.json'), 'utf8')) as Queries;

/** Plays the client and the environment of a transcript against the core of the service, and compares its messages with the transcript. */
export class ServerPlayer {
  private readonly services = new MemoryServices();
  private readonly placeholders = new Placeholders();
  private readonly clients = new Map<string, MemoryClient>();
  /** How many messages of each connection have been looked at. */
  private readonly looked = new Map<string, number>();

  constructor(private readonly transcript: Transcript) {
    this.services.queries = QUERIES;
    Object.assign(this.services, transcript.service);
  }

  public async play(): Promise<void> {
    await eachStep(this.transcript, async (step) => this.do(step));
    this.requireNothingMore();
    await this.leavesNothing();
  }

  private async do(step: Step): Promise<void> {
    const { on = 'first', server, serverInAnyOrder } = step;
    if (server !== undefined) {
      return this.expect(on, [server]);
    }
    if (serverInAnyOrder !== undefined) {
      return this.expect(on, serverInAnyOrder);
    }
    this.requireNothingMore();
    return step.statement === undefined ? this.doStep(on, step) : this.statementEnds(step);
  }

  private async doStep(on: string, { connect, client, clientString, lost, redshift, seconds = 0 }: Step): Promise<void> {
    if (connect !== undefined) {
      await this.connect(on, connect);
    } else if (lost) {
      await this.clientOf(on).disconnect();
      this.clients.delete(on);
    } else if (redshift === 'busy') {
      failNext(this.services.statementApi, 'start', new ThrottledError('throttled'));
    } else if (client !== undefined || clientString !== undefined) {
      await this.clientOf(on).send(this.placeholders.fill(client ?? clientString));
    }
    await this.services.passSeconds(seconds);
    await this.disconnectClosed();
  }

  private identity({ claims = {}, expiresIn }: Record<string, any>): Identity {
    return { caller: 'hash', claims, ...(expiresIn === undefined ? {} : { validUntil: this.services.time + expiresIn * 1000 }) };
  }

  /** API Gateway notifies the service when a connection ends, including those that the service closed. */
  private async disconnectClosed(): Promise<void> {
    for (const closed of this.services.connections.closed.splice(0)) {
      await this.clients.get(closed)?.disconnect();
    }
  }

  private async connect(on: string, { queryString, subprotocols, authenticated }: NonNullable<Step['connect']>): Promise<void> {
    const client = new MemoryClient(this.services, on);
    this.clients.set(on, client);
    await client.connect(queryString, subprotocols, { identity: authenticated && this.identity(authenticated) });
    client.open();
    await this.services.passSeconds(1);
  }

  private async statementEnds({ statement, finishes, fails }: Step): Promise<void> {
    const run = this.placeholders.valueOf(statement!);
    if (fails !== undefined) {
      return this.services.statementEnded(run, { state: 'failed', error: fails, hasResultSet: false, runningMs: 40 });
    }
    const { columns, rows } = this.placeholders.fill(finishes) as { columns?: []; rows?: [] };
    this.services.statementApi.columns = columns ?? [];
    this.services.statementApi.pages = [rows ?? []];
    return this.services.statementEnded(run, { ...FINISHED, hasResultSet: columns !== undefined });
  }

  private clientOf(on: string): MemoryClient {
    const client = this.clients.get(on);
    if (client === undefined) {
      throw new Error(`there is no connection ${on}`);
    }
    return client;
  }

  private newMessages(on: string): ServerMessage[] {
    return this.services.connections.messages(on).slice(this.looked.get(on) ?? 0);
  }

  private expect(on: string, templates: readonly Template[]): void {
    const received = this.newMessages(on).slice(0, templates.length);
    this.looked.set(on, (this.looked.get(on) ?? 0) + received.length);
    const left = [...received];
    for (const template of templates) {
      const found = templates.length === 1 ? 0 : left.findIndex((message) => this.placeholders.matches(template, message));
      const difference = this.placeholders.difference(template, left[found]);
      if (difference !== undefined) {
        throw new Error(`${difference}; received: ${JSON.stringify(received).slice(0, 2000)}`);
      }
      left.splice(found, 1);
    }
  }

  private requireNothingMore(): void {
    for (const on of this.clients.keys()) {
      const more = this.newMessages(on);
      if (more.length > 0) {
        throw new Error(`the service sent more: ${JSON.stringify(more).slice(0, 2000)}`);
      }
    }
  }

  private async leavesNothing(): Promise<void> {
    for (const client of this.clients.values()) {
      await client.disconnect();
    }
    await this.services.passSeconds(7200);
    expect(this.services.unfinished()).toEqual(NOTHING);
  }
}
