import type { Version } from './deployments';
import type { QuestionNumber } from './scenario';
import type { Queries, Query } from '../../../src/runtime/model/query-request';
import { DEFAULT_QUERY } from '../../../src/shared/query-definitions';

interface AskedQuestion {
  readonly query?: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What clients ask: two questions of one query, one of another, and one of each caller's own, whose parameter a claim gives. */
export const QUESTIONS: readonly AskedQuestion[] = [
  { parameters: { month: 'january' } },
  { parameters: { month: 'may' } },
  { query: 'everything', parameters: {} },
  { query: 'own', parameters: {} },
  { query: 'own', parameters: {} },
];

/** The question about what is a caller's own. */
const FIRST_OWN = 3;

/** The claims of a caller. */
export function claimsOf(caller: number): Readonly<Record<string, string>> {
  return { tenant_id: `tenant ${caller}` };
}

/** The query request for a number of a client's plan; it has the claim of the caller when callers are identified. */
export function questionFor(queryRequest: QuestionNumber, caller: number, signsIn: boolean): QuestionNumber {
  return queryRequest < FIRST_OWN ? queryRequest : signsIn ? (FIRST_OWN + caller) as QuestionNumber : 2;
}

/** What a client sends to submit a question, where it is written for a version. */
export function sentQuestion(queryRequest: QuestionNumber, { monthParameter }: Version): AskedQuestion {
  const { query, parameters } = QUESTIONS[queryRequest];
  return { query, parameters: Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name === 'month' ? monthParameter : name, value])) };
}

/** How a version defines the query of a question; undefined where it has no such query. */
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
