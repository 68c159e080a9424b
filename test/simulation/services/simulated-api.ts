import { shorten } from '../history';
import type { Ended, FunctionBody, Invocations } from './invocations';
import { SUBPROTOCOL } from '../../../src/protocol/connect-request';
import { MAX_MESSAGE_BYTES } from '../../../src/protocol/limits';
import { onDisconnect } from '../../../src/runtime/disconnect/on-disconnect';
import type { Identity } from '../../../src/runtime/model/connection';
import { ConnectionGoneError, ServiceBusyError } from '../../../src/runtime/model/errors';
import type { Connections } from '../../../src/runtime/model/ports';
import { onConnect } from '../../../src/runtime/submit/on-connect';
import type { ConnectResult } from '../../../src/runtime/submit/on-connect';
import { onMessage } from '../../../src/runtime/submit/on-message';
import type { Version } from '../scenario/deployments';
import { claimsOf, queryRequestFor, sentQueryOf } from '../scenario/query-requests';
import type { ConnectionPlan, EndPlan } from '../scenario/scenario';
import type { World } from '../world';

/** The events of a connection that its client receives. */
export interface ConnectionListener {
  opened(connection: ApiConnection): void;
  rejected(connection: ApiConnection): void;
  received(connection: ApiConnection, json: string): void;
  closed(connection: ApiConnection): void;
}

/** A connection of API Gateway; times are on the clock. */
export interface ApiConnection {
  readonly id: string;
  readonly connectedAt: number;
  readonly caller: number;
  /** When the session of its client expires; never when there is none. */
  readonly validUntil: number;
  readonly plan: ConnectionPlan;
  readonly listener: ConnectionListener;
  /** Of the function that handles `$connect`, once it has begun. */
  version?: Version;
  /** From when posts reach the client. */
  openedAt?: number;
  /** When the client's socket was gone. */
  closedAt?: number;
  /** From when posts fail because the client is gone. */
  goneAt: number;
  /** When the client was notified that it will end. */
  byeAt?: number;
  /** When the last `$disconnect` began that was handled to its end: everything that was stored by then has ended. */
  disconnectedAt?: number;
}

/** The types of the messages of a result. */
const OF_RESULT = ['accepted', 'progress', 'rows', 'complete'];

const FUNCTION_TIMEOUT = 29_000;
const MAX_CONNECTION_TIME = 2 * 60 * 60 * 1000;
/** How long a message of a client, or a function, takes to begin, at most. */
const LONGEST_TRANSIT = 60;

/** The WebSocket API: its routes, and posts to its connections. */
export class SimulatedApi implements Connections {
  public readonly connections: ApiConnection[] = [];
  private readonly byId = new Map<string, ApiConnection>();

  constructor(private readonly world: World, private readonly functions: () => Invocations) {}

  public async post(connectionId: string, message: string): Promise<void> {
    const { clock, counts, broken } = this.world;
    const now = clock.now();
    if (Buffer.byteLength(message) > MAX_MESSAGE_BYTES) {
      broken('P2', `a message of ${Buffer.byteLength(message)} bytes was posted`);
    }
    const connection = this.openConnection(connectionId, 'post');
    if (isFull(connection, now)) {
      counts.add('post to a full client');
      throw new ServiceBusyError('the buffer of the client is full');
    }
    this.checkExpiry(connection, message);
    if (connection.closedAt === undefined) {
      connection.listener.received(connection, message);
    } else {
      counts.add('post that went nowhere');
    }
  }

  /** The service ends a connection, which the client sees at once. */
  public async close(connectionId: string): Promise<void> {
    const { clock, counts, random } = this.world;
    const connection = this.openConnection(connectionId, 'close');
    counts.add('closed by the service');
    if (connection.byeAt === undefined && this.world.faults.hits === 0 && counts.of('post to a full client') === 0) {
      this.world.broken('P1', `${connectionId} was closed without a word`);
    }
    connection.goneAt = clock.now();
    this.end(connection, { goneAfter: 0, disconnects: [random.between(1, LONGEST_TRANSIT)] });
  }

  public connect(plan: ConnectionPlan, listener: ConnectionListener, caller: number): ApiConnection {
    const { clock, history } = this.world;
    const validUntil = this.signsIn && plan.sessionLasts !== undefined ? clock.now() + plan.sessionLasts : Infinity;
    const connection: ApiConnection = {
      id: `c${this.connections.length + 1}`, connectedAt: clock.now(), caller, validUntil, plan, listener, goneAt: Infinity,
    };
    this.connections.push(connection);
    this.byId.set(connection.id, connection);
    const queryString = queryStringOf(plan, caller, this.signsIn, this.world.deployment.versionOfClients());
    history.add(() => `${connection.id} connects${plan.queryRequest === undefined ? '' : `, submits query request ${plan.queryRequest}`}`);
    this.afterTransit(() => {
      const { id: connectionId, connectedAt } = connection;
      const opening = {
        connection: { connectionId, connectedAt, opened: false },
        queryString,
        subprotocols: [SUBPROTOCOL],
        identity: this.identityOf(connection),
      };
      const handle: FunctionBody<ConnectResult> = (services, deadline) => {
        connection.version = services.version;
        return onConnect(services, opening, deadline);
      };
      this.functions().run('OnConnect', FUNCTION_TIMEOUT, handle, (how) => {
        this.connected(connection, how.state === 'returned' && how.value.accepted);
      });
    });
    return connection;
  }

  /** Sends a message of a client to its function; `begun` receives the version of the function, and `handled` how it ended. */
  public send(
    connection: ApiConnection,
    message: object,
    handled: (how: Ended<void>) => void = () => undefined,
    begun: (version: Version) => void = () => undefined,
  ): void {
    const { id: connectionId, connectedAt } = connection;
    const body = JSON.stringify(message);
    const receivedAt = this.world.clock.now();
    this.world.history.add(() => `${connectionId} sends ${body}`);
    this.afterTransit(() => {
      const sender = { connectionId, connectedAt, opened: true };
      const handle: FunctionBody<void> = (services, deadline) => {
        begun(services.version);
        return onMessage(services, sender, { body, receivedAt }, deadline);
      };
      this.functions().run('OnMessage', FUNCTION_TIMEOUT, handle, (how) => {
        handled(how);
        if (how.state !== 'returned') {
          this.world.counts.add('message not handled');
          this.afterTransit(() => this.sendGatewayError(connection));
        }
      });
    });
  }

  /** The client's socket is gone; the plan determines whether and when the service is notified. */
  public end(connection: ApiConnection, { goneAfter, disconnects }: Omit<EndPlan, 'after'>): void {
    const { clock, history, counts } = this.world;
    if (connection.closedAt !== undefined) {
      return;
    }
    connection.closedAt = clock.now();
    connection.goneAt = Math.min(clock.now() + goneAfter, connection.connectedAt + MAX_CONNECTION_TIME);
    history.add(() => `${connection.id} is closed; posts fail after ${goneAfter} ms; $disconnect after ${shorten(disconnects)}`);
    if (disconnects.length !== 1) {
      counts.add(disconnects.length === 0 ? '$disconnect lost' : '$disconnect delivered twice');
    }
    for (const after of disconnects) {
      clock.after(after, () => this.disconnect(connection));
    }
    connection.listener.closed(connection);
  }

  private get signsIn(): boolean {
    return this.world.scenario.settings.maxQueriesPerCaller !== undefined;
  }

  private identityOf({ caller, validUntil }: ApiConnection): Identity | undefined {
    const identity = { caller: `caller ${caller}`, claims: claimsOf(caller), ...(validUntil === Infinity ? {} : { validUntil }) };
    return this.signsIn ? identity : undefined;
  }

  /** P3: no message of a result arrives after the session has expired, except those that were already sent. */
  private checkExpiry(connection: ApiConnection, message: string): void {
    const { clock, faults, broken, scenario: { clockSkewMs = 0, postDelayMs = 0 } } = this.world;
    const { type } = JSON.parse(message) as { type: string };
    if (type === 'bye') {
      connection.byeAt ??= clock.now();
    } else if (OF_RESULT.includes(type) && faults.hits === 0 && clock.now() > connection.validUntil + LONGEST_TRANSIT + clockSkewMs + postDelayMs) {
      broken('P3', `${connection.id} was sent ${type} after its session had expired`);
    }
  }

  /** A connection as API Gateway finds it for its callers. */
  private openConnection(connectionId: string, call: string): ApiConnection {
    const { clock, counts } = this.world;
    const connection = this.byId.get(connectionId);
    const now = clock.now();
    if (connection?.openedAt === undefined || now < connection.openedAt || now >= connection.goneAt) {
      counts.add(`${call} ${connection !== undefined && now < (connection.openedAt ?? Infinity) ? 'before the connection was open' : 'after the client had gone'}`);
      throw new ConnectionGoneError(connectionId);
    }
    return connection;
  }

  private connected(connection: ApiConnection, accepted: boolean): void {
    const { clock } = this.world;
    if (!accepted) {
      connection.closedAt = clock.now();
      connection.goneAt = clock.now();
      connection.listener.rejected(connection);
      return;
    }
    connection.openedAt = clock.now() + connection.plan.opensAfter;
    clock.after(connection.plan.opensAfter + 1, () => {
      this.world.history.add(() => `${connection.id} is open`);
      connection.listener.opened(connection);
    });
    const timeLeft = connection.connectedAt + MAX_CONNECTION_TIME - clock.now();
    clock.after(timeLeft, () => this.end(connection, { goneAfter: 0, disconnects: [0] }), { background: true });
  }

  private disconnect(connection: ApiConnection): void {
    const beganAt = this.world.clock.now();
    this.functions().run('OnDisconnect', FUNCTION_TIMEOUT, (services) => onDisconnect(services, connection.id), (how) => {
      if (how.state === 'returned') {
        connection.disconnectedAt = Math.max(connection.disconnectedAt ?? 0, beganAt);
      }
    });
  }

  /** The error that API Gateway sends when a function failed. */
  private sendGatewayError(connection: ApiConnection): void {
    if (connection.closedAt === undefined) {
      connection.listener.received(connection, JSON.stringify({ message: 'Internal server error', connectionId: connection.id, requestId: 'r' }));
    }
  }

  private afterTransit(action: () => void): void {
    this.world.clock.after(this.world.random.between(1, LONGEST_TRANSIT), action);
  }
}

function isFull({ plan: { full }, openedAt = 0 }: ApiConnection, now: number): boolean {
  return full !== undefined && now >= openedAt + full.after && now < openedAt + full.after + full.lasts;
}

function queryStringOf({ queryRequest }: ConnectionPlan, caller: number, signsIn: boolean, version: Version): Record<string, string[]> {
  if (queryRequest === undefined) {
    return {};
  }
  const { query, parameters } = sentQueryOf(queryRequestFor(queryRequest, caller, signsIn), version);
  const entries = Object.entries({ ...parameters, ...(query === undefined ? {} : { query }) });
  return Object.fromEntries(entries.map(([key, value]) => [key, [value]]));
}
