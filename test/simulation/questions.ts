import type { QuestionNumber, Settings } from './scenario';
import type { Queries } from '../../src/runtime/question';

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

/** What the sign-in of a caller says. */
export function claimsOf(caller: number): Readonly<Record<string, string>> {
  return { tenant_id: `tenant ${caller}` };
}

/** What a client asks by a number of its plan: of what is a caller's own, its own. Where nobody is known, nothing is. */
export function questionFor(question: QuestionNumber, caller: number, signsIn: boolean): QuestionNumber {
  return question < FIRST_OWN ? question : signsIn ? (FIRST_OWN + caller) as QuestionNumber : 2;
}

export function queriesOf({ timeLimitSeconds, resultReuseSeconds, resultRetentionSeconds, maximumRows, maximumBytes }: Settings): Queries {
  const limits = { timeLimitSeconds, reconnectGraceSeconds: 10, resultReuseSeconds, resultRetentionSeconds, maximumRows, maximumBytes };
  return {
    default: { sql: 'SELECT :month', parameters: { month: { kind: 'string', minLength: 1, maxLength: 20 } }, ...limits },
    everything: { sql: 'SELECT 1', parameters: {}, ...limits },
    own: { sql: 'SELECT :tenant', parameters: { tenant: { kind: 'string', minLength: 1, maxLength: 20, claim: 'tenant_id' } }, ...limits },
  };
}

/** Which question a statement answers. Throws where it answers none. */
export function questionOf(sql: string, parameters: Readonly<Record<string, unknown>>): QuestionNumber {
  const own = [0, 1].findIndex((caller) => claimsOf(caller).tenant_id === parameters.tenant);
  const question = sql === 'SELECT 1' ? 2 : own >= 0 ? FIRST_OWN + own : QUESTIONS.findIndex((asked) => asked.parameters.month === parameters.month);
  if (question < 0) {
    throw new Error(`nobody asked ${sql} with ${JSON.stringify(parameters)}`);
  }
  return question as QuestionNumber;
}
