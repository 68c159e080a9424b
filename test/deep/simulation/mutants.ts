import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import type * as Seeds from '../../simulation/seeds';

const load = createRequire(__filename);

/** A defect of the runtime: one string of one file, replaced by another. */
export interface Mutant {
  readonly name: string;
  /** In `src/runtime/`. */
  readonly file: string;
  /** Occurs exactly once. */
  readonly find: string;
  readonly replace: string;
  /** A seed that has found it out before, and is tried first. */
  readonly seed?: number;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a statement is started before its run is stored',
    file: 'submit/store-request.ts',
    find: 'const storing = storeOrReject(services, newRequest, prepared, lease);',
    replace: 'const { run } = prepared.newRun ?? {};\n'
      + '  run && await services.statementApi.start({ run: run.run, target: services.target, sql: run.definition.sql, parameters: run.parameters });\n'
      + '  const storing = storeOrReject(services, newRequest, prepared, lease);',
  },
  {
    name: 'a lease does not exclude other workers',
    file: 'model/services.ts',
    find: 'return { holder: newName(), until: deadline };',
    replace: 'return { holder: newName(), until: 0 * deadline };',
  },
  {
    name: 'a request is stored without its subscription',
    file: 'aws/dynamodb/dynamodb-store.ts',
    find: '{ put: subscriberItemKey(run, name), item: toSubscriber(request) },',
    replace: '',
  },
  {
    name: 'a request that moves to another run does not subscribe to it',
    file: 'aws/dynamodb/dynamodb-store.ts',
    find: '{ put: subscriberItemKey(run, request.request), item: toSubscriber(request) },',
    replace: '',
  },
  {
    name: 'the checks of a run end although subscribers remain',
    file: 'delivery/end-run.ts',
    find: 'if (subscribers.length === 0 || (await store.subscribers(run)).length === 0) {',
    replace: 'if (run !== undefined) {',
  },
  {
    name: 'a post to a connection that is still opening is not retried',
    file: 'model/connection.ts',
    find: 'return !connection.opened && now - connection.connectedAt < CONNECT_MS;',
    replace: 'return now < connection.connectedAt;',
  },
  {
    name: 'no recovery job is queued for a request',
    file: 'submit/store-request.ts',
    find: 'return [createRecovery(request), ...',
    replace: 'return [...',
  },
  {
    name: 'no check is queued for a new run',
    file: 'submit/store-request.ts',
    find: '...(newRun === undefined ? [] : [createFirstCheck(newRun.run)])',
    replace: '',
  },
  {
    name: 'a run is not read after a request has joined it',
    seed: 2721,
    file: 'submit/accept-request.ts',
    find: 'isEarly && run.outcome === undefined ? store.run(run.run) : run',
    replace: 'run',
  },
  {
    name: 'a result is sent before accepted',
    file: 'submit/accept-request.ts',
    find: 'isAdvanced = request.opened && await accepting.catch(() => false);',
    replace: 'isAdvanced = request.opened;',
  },
  {
    name: 'checks that a crashed function has not queued are missing',
    file: 'runs/run-checks.ts',
    find: 'const isMissing = check === 0 &&',
    replace: 'const isMissing = check === -1 &&',
  },
  {
    name: 'the position of a request is not stored',
    file: 'model/request-work.ts',
    find: 'return { acceptedSent, queryRequest, seq, pushingMs, stalledAt };',
    replace: 'void seq;\n  return { acceptedSent, queryRequest, pushingMs, stalledAt };',
  },
  {
    name: 'the terminal message is sent before it is stored',
    file: 'requests/terminal-message.ts',
    find: 'if (work.request.terminalMessage === undefined) {',
    replace: 'if (work === undefined) {',
  },
  {
    name: 'no run in flight is shared',
    file: 'runs/join-run.ts',
    find: 'if (submittedAt < Math.min(endedAt, timeoutAt)) {',
    replace: 'if (submittedAt < Math.min(endedAt, timeoutAt, 0)) {',
  },
  {
    name: 'a new run is used although another run has its cache key',
    file: 'aws/dynamodb/dynamodb-store.ts',
    find: 'condition: previous === undefined ? ABSENT :',
    replace: 'condition: previous === undefined ? undefined :',
  },
  {
    name: 'a run continues when another run has its cache key',
    file: 'runs/join-run.ts',
    find: 'if (move === \'taken\') {',
    replace: 'if (move === \'taken\' && round < 0) {',
  },
  {
    name: 'a statement is not canceled at its timeout',
    file: 'delivery/run-statement.ts',
    find: 'createTimeoutOutcome(work), { toCancel: true }',
    replace: 'createTimeoutOutcome(work), { toCancel: false }',
  },
  {
    name: 'a statement whose ID is lost is not canceled',
    seed: 626,
    file: 'delivery/end-run.ts',
    find: '(run.mayHaveStarted ? (await startStatement(services, run)).statementId : undefined)',
    replace: '(run === undefined ? (await startStatement(services, run)).statementId : undefined)',
  },
  {
    name: 'a request that has ended uses its slots',
    file: 'aws/dynamodb/dynamodb-store.ts',
    find: 'this.writeAndFreeSlots([save], request.request, slotItemKeys(request))',
    replace: 'this.writeAndFreeSlots([save], request.request, [])',
  },
  {
    name: 'a closed run is not checked again for subscribers',
    seed: 4940,
    file: 'delivery/close-run.ts',
    find: 'if ((await store.subscribers(run)).length > 0) {',
    replace: 'if (run === undefined) {',
  },
  {
    name: 'the window of a client is ignored',
    file: 'requests/post-rows.ts',
    find: 'return seq < Math.min(run.fetched.seq, windowEnd);',
    replace: 'return seq < Math.min(run.fetched.seq, Infinity * windowEnd);',
  },
  {
    name: 'the number of stored rows of a page is not recorded',
    seed: 301,
    file: 'results/batch-rows.ts',
    find: 'rowsOfPage: row - page.firstRow',
    replace: 'rowsOfPage: 0 * (row - page.firstRow)',
  },
  {
    name: 'a different chunk of another worker is accepted as its own',
    seed: 261,
    file: 'delivery/fetch-result.ts',
    find: 'const isOwnChunk = isDeepStrictEqual(fetched, chunk.after);',
    replace: 'const isOwnChunk = isDeepStrictEqual(fetched, chunk.after) || batcher !== undefined;',
  },
  {
    name: 'a claim has the same value for all callers',
    file: 'submit/validate-query.ts',
    find: 'isFromClaim(parameter) ? readClaim(parameter, claims, id)',
    replace: 'isFromClaim(parameter) && readClaim(parameter, claims, id) !== null ? \'tenant 0\'',
  },
  {
    name: 'results are sent after a session expires',
    seed: 63,
    file: 'requests/post.ts',
    find: 'if (hasExpired(connection, services.clock.now())) {',
    replace: 'if (hasExpired(connection, 0 * services.clock.now())) {',
  },
  {
    name: 'a connection stays open after its session expires',
    seed: 4,
    file: 'access/session-expiry.ts',
    find: 'async (connections) => connections.close(connectionId)',
    replace: 'async (connections) => void [connections, connectionId]',
  },
  {
    name: 'no going-away notice is sent before a session expires',
    file: 'access/session-expiry.ts',
    find: 'await sendGoingAway(services, job, SOON);',
    replace: 'void SOON;',
  },
  {
    name: 'compressed batches are sent to clients that do not accept them',
    file: 'requests/post-rows.ts',
    find: 'return encodings.includes(\'gzip\') &&',
    replace: 'return (encodings.includes(\'gzip\') || request !== undefined) &&',
  },
  {
    name: 'an item is read without ConsistentRead',
    file: 'aws/dynamodb/dynamodb-table.ts',
    find: 'Key: key, ConsistentRead: true',
    replace: 'Key: key',
  },
  {
    name: 'the items of a partition are read without ConsistentRead',
    file: 'aws/dynamodb/dynamodb-table.ts',
    find: 'TableName: this.tableName, ConsistentRead: true,',
    replace: 'TableName: this.tableName,',
  },
  {
    name: 'a result expires before the end of its retention',
    seed: 2392,
    file: 'runs/join-run.ts',
    find: 'timeoutSeconds + resultRetentionSeconds + RECORD_SLACK_SECONDS',
    replace: 'timeoutSeconds + 0 * resultRetentionSeconds + RECORD_SLACK_SECONDS',
  },
  {
    name: 'slow posts continue past the deadline of the function',
    seed: 77,
    file: 'requests/post-rows.ts',
    find: 'const POST_RESERVE_MS = 5000;',
    replace: 'const POST_RESERVE_MS = -1e9;',
  },
  {
    name: 'progress has a negative time when the clocks of functions differ',
    seed: 2242,
    file: 'requests/subscribers.ts',
    find: 'elapsedMs: getElapsedMs(run.submittedAt, startedAt)',
    replace: 'elapsedMs: startedAt - run.submittedAt',
  },
  {
    name: 'results are shared across databases',
    seed: 4403,
    file: 'model/query-request.ts',
    find: '[definition, target, claims, parameters].map(toSortedEntries)',
    replace: '[definition, claims, parameters].map(toSortedEntries)',
  },
  {
    name: 'results are shared across timeouts',
    seed: 531,
    file: 'model/query-request.ts',
    find: '[definition, target, claims, parameters].map(toSortedEntries)',
    replace: '[{ ...definition, timeoutSeconds: 0 }, target, claims, parameters].map(toSortedEntries)',
  },
  {
    name: 'a start that fails because of a deployment is rejected permanently',
    seed: 421,
    file: 'delivery/run-statement.ts',
    find: 'return MOVED_OUTCOME;',
    replace: 'void MOVED_OUTCOME;',
  },
  {
    name: 'a start uses the definitions of its own function',
    seed: 265,
    file: 'runs/start-run.ts',
    find: 'startStatement({ statementApi }: QueryServices, run: Run, waitSeconds?: number): Promise<StartedStatement> {\n'
      + '  const { run: name, waitsUntil, parameters, definition } = run;',
    replace: 'startStatement({ statementApi, queries, target }: any, run: Run, waitSeconds?: number): Promise<StartedStatement> {\n'
      + '  const { run: name, waitsUntil, parameters } = run;\n'
      + '  const definition = queries[run.query] && { ...queries[run.query], target };',
  },
];

/** The simulation around the runtime, mutated or, without a mutant, as it is. */
export async function bundleSimulation(folder: string, mutant?: Mutant): Promise<string> {
  const outfile = join(folder, `${(mutant?.name ?? 'unchanged').replace(/\W+/g, '-')}.cjs`);
  await build({
    entryPoints: [join(__dirname, '../../simulation/seeds.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'silent',
    plugins: mutant ? [mutating(mutant)] : [],
  });
  return outfile;
}

/**
 * The first seed with a broken rule that the unchanged runtime doesn't break; undefined if there is none.
 */
export async function firstFailure(bundle: string, unchanged: string, seeds: number, first?: number): Promise<Seeds.Failure | undefined> {
  const { runSeeds, seedsFrom } = load(bundle) as typeof Seeds;
  const asItIs = load(unchanged) as typeof Seeds;
  for (const seed of [...(first === undefined ? [] : [first]), ...seedsFrom(1, seeds)]) {
    const { failures: [failure] } = await runSeeds([seed]);
    if (failure !== undefined && (await asItIs.runSeeds([seed])).failures.length === 0) {
      return failure;
    }
  }
  return undefined;
}

function mutating({ name, file, find, replace }: Mutant): Plugin {
  const path = join(__dirname, '../../../src/runtime', file);
  const code = readFileSync(path, 'utf8');
  const times = code.split(find).length - 1;
  if (times !== 1) {
    throw new Error(`the mutant "${name}" looks for a string that occurs ${times} times in ${file}: ${find}`);
  }
  const contents = code.replace(find, () => replace);
  return {
    name: 'mutant',
    setup: ({ onLoad }) => onLoad({ filter: /\.ts$/ }, (loaded) => loaded.path === path ? { contents, loader: 'ts' } : undefined),
  };
}
