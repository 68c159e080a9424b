import type { MemoryClient } from './memory/memory-client';
import { MemoryServices, QUERIES } from './memory/memory-services';
import type { Identity } from '../../src/runtime/model/connection';
import type { Queries } from '../../src/runtime/model/query-request';
import type { ConnectResult } from '../../src/runtime/submit/on-connect';

const STRING = { kind: 'string', minLength: 1, maxLength: 20 } as const;
const LIMITS = { timeoutSeconds: 900, reconnectGraceSeconds: 60, resultReuseSeconds: 0, resultRetentionSeconds: 3600 };

/** Queries of which some have parameters that claims give. */
export const CLAIMING_QUERIES: Queries = {
  ...QUERIES,
  own: {
    sql: 'SELECT :tenant, :month',
    parameters: { tenant: { ...STRING, claim: 'tenant_id' }, month: { ...STRING, defaultValue: 'may' } },
    ...LIMITS,
  },
  grouped: {
    sql: 'SELECT 1 WHERE team IN (:teams)',
    parameters: { teams: { kind: 'list', item: STRING, minItems: 1, maxItems: 3, claim: 'cognito:groups' } },
    ...LIMITS,
  },
  numbered: { sql: 'SELECT :number', parameters: { number: { kind: 'integer', min: '1', max: '9', claim: 'number' } }, ...LIMITS },
};

/** Services of a construct whose callers are known. */
export function callersKnown(): MemoryServices {
  const services = new MemoryServices();
  services.identifiesCallers = true;
  services.maxQueriesPerCaller = 100;
  services.queries = CLAIMING_QUERIES;
  return services;
}

export function identityOf(caller: string, claims: Identity['claims'] = {}, validUntil?: number): Identity {
  return { caller: `hash of ${caller}`, claims, ...(validUntil === undefined ? {} : { validUntil }) };
}

/** Connects a client as a caller, and opens its connection. */
export async function connectAs(client: MemoryClient, identity: Identity, queryString: Record<string, string> = {}): Promise<ConnectResult> {
  const response = await client.connect(queryString, [], { identity });
  client.open();
  return response;
}
