import type { Version } from './deployments';
import type { QueryRequestNumber } from './scenario';
import type { Queries, Query } from '../../../src/runtime/model/query-request';
import { DEFAULT_QUERY } from '../../../src/shared/query-definitions';

interface SentQuery {
  readonly query?: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The query requests of clients: two of one query, one of another, and one per caller, whose parameter has a claim. */
export const QUERY_REQUESTS: readonly SentQuery[] = [
  { parameters: { month: 'january' } },
  { parameters: { month: 'may' } },
  { query: 'everything', parameters: {} },
  { query: 'own', parameters: {} },
  { query: 'own', parameters: {} },
];

/** The query request whose result depends on the caller. */
const FIRST_OWN = 3;

/** The claims of a caller. */
export function claimsOf(caller: number): Readonly<Record<string, string>> {
  return { tenant_id: `tenant ${caller}` };
}

/** The query request for a number of a client's plan; it has the claim of the caller when callers are identified. */
export function queryRequestFor(queryRequest: QueryRequestNumber, caller: number, signsIn: boolean): QueryRequestNumber {
  return queryRequest < FIRST_OWN ? queryRequest : signsIn ? (FIRST_OWN + caller) as QueryRequestNumber : 2;
}

/** The message that submits a query request, in the form of a version. */
export function sentQueryOf(queryRequest: QueryRequestNumber, { monthParameter }: Version): SentQuery {
  const { query, parameters } = QUERY_REQUESTS[queryRequest];
  return { query, parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name === 'month' ? monthParameter : name, value])) };
}

/** The definition of the query of a request in a version; undefined when the version has no such query. */
export function definitionOf(queryRequest: QueryRequestNumber, { queries }: Version): Query | undefined {
  return (queries as Partial<Queries>)[QUERY_REQUESTS[queryRequest].query ?? DEFAULT_QUERY];
}

/** The query request of a statement with these parameters. Throws if there is none. */
export function queryRequestOf(parameters: Readonly<Record<string, unknown>>): QueryRequestNumber {
  const { tenant, month, period = month } = parameters;
  const own = [0, 1].findIndex((caller) => claimsOf(caller).tenant_id === tenant);
  const isEverything = Object.keys(parameters).length === 0;
  const queryRequest = isEverything ? 2 : own >= 0 ? FIRST_OWN + own : QUERY_REQUESTS.findIndex((each) => each.parameters.month === period);
  if (queryRequest < 0) {
    throw new Error(`no query request has the parameters ${JSON.stringify(parameters)}`);
  }
  return queryRequest as QueryRequestNumber;
}
