import type { Version } from './deployments';
import type { QuestionNumber } from './scenario';
import type { Queries, Query } from '../../../src/runtime/model/query-request';
import { DEFAULT_QUERY } from '../../../src/shared/query-definitions';

interface AskedQuestion {
  readonly query?: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The query requests of clients: two of one query, one of another, and one per caller, whose parameter has a claim. */
export const QUESTIONS: readonly AskedQuestion[] = [
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
export function questionFor(queryRequest: QuestionNumber, caller: number, signsIn: boolean): QuestionNumber {
  return queryRequest < FIRST_OWN ? queryRequest : signsIn ? (FIRST_OWN + caller) as QuestionNumber : 2;
}

/** The message that submits a query request, in the form of a version. */
export function sentQuestion(queryRequest: QuestionNumber, { monthParameter }: Version): AskedQuestion {
  const { query, parameters } = QUESTIONS[queryRequest];
  return { query, parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name === 'month' ? monthParameter : name, value])) };
}

/** The definition of the query of a request in a version; undefined when the version has no such query. */
export function definitionOf(queryRequest: QuestionNumber, { queries }: Version): Query | undefined {
  return (queries as Partial<Queries>)[QUESTIONS[queryRequest].query ?? DEFAULT_QUERY];
}

/** The query request of a statement with these parameters. Throws if there is none. */
export function sentQueryOf(parameters: Readonly<Record<string, unknown>>): QuestionNumber {
  const { tenant, month, period = month } = parameters;
  const own = [0, 1].findIndex((caller) => claimsOf(caller).tenant_id === tenant);
  const isEverything = Object.keys(parameters).length === 0;
  const queryRequest = isEverything ? 2 : own >= 0 ? FIRST_OWN + own : QUESTIONS.findIndex((asked) => asked.parameters.month === period);
  if (queryRequest < 0) {
    throw new Error(`nobody asked for ${JSON.stringify(parameters)}`);
  }
  return queryRequest as QuestionNumber;
}
