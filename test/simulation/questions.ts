import type { QuestionNumber, Settings } from './scenario';
import type { Queries } from '../../src/runtime/question';

interface AskedQuestion {
  readonly query?: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What clients ask: two questions of one query, and one of another. */
export const QUESTIONS: readonly AskedQuestion[] = [
  { parameters: { month: 'january' } },
  { parameters: { month: 'may' } },
  { query: 'everything', parameters: {} },
];

export function queriesOf({ timeLimitSeconds, resultReuseSeconds, resultRetentionSeconds, maximumRows, maximumBytes }: Settings): Queries {
  const limits = { timeLimitSeconds, resultReuseSeconds, resultRetentionSeconds, maximumRows, maximumBytes };
  return {
    default: { sql: 'SELECT :month', parameters: { month: { kind: 'string', minLength: 1, maxLength: 20 } }, ...limits },
    everything: { sql: 'SELECT 1', parameters: {}, ...limits },
  };
}

/** Which question a statement answers. Throws where it answers none. */
export function questionOf(sql: string, parameters: Readonly<Record<string, unknown>>): QuestionNumber {
  const question = sql === 'SELECT 1' ? 2 : QUESTIONS.findIndex((asked) => asked.parameters.month === parameters.month);
  if (question < 0) {
    throw new Error(`nobody asked ${sql} with ${JSON.stringify(parameters)}`);
  }
  return question as QuestionNumber;
}
