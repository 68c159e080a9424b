import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Column } from '../../src/protocol/messages';

/** A JSON value that can contain placeholders; see README.md. */
export type Template = unknown;

/** An action of one side, or an event; see README.md. */
export interface Step {
  /** The connection of the step; the first if missing. */
  readonly on?: string;
  readonly connect?: {
    readonly queryString?: Record<string, string | string[]>;
    readonly subprotocols?: string[];
    readonly authenticated?: { readonly claims?: Record<string, unknown>; readonly expiresIn?: number };
  };
  readonly client?: Template;
  readonly clientString?: Template;
  readonly again?: string;
  readonly server?: Template;
  readonly serverInAnyOrder?: readonly Template[];
  readonly lost?: true;
  readonly statement?: string;
  readonly finishes?: { readonly columns?: readonly Column[]; readonly rows?: readonly (readonly Template[])[] };
  readonly fails?: string;
  readonly redshift?: 'busy';
  readonly seconds?: number;
}

/** The outcome that the application receives for one of its queries. */
export interface Seen {
  readonly columns?: readonly Column[];
  readonly rows?: readonly (readonly Template[])[];
  /** The states in `progress` messages. */
  readonly progress?: readonly string[];
  readonly truncated?: boolean;
  readonly error?: { readonly code: string; readonly retryable?: boolean; readonly limit?: number };
}

export interface Transcript {
  readonly about: string;
  /** The decisions of the client library in it. Another client can decide otherwise. */
  readonly policy?: string;
  /** Why the tests of one side skip it. */
  readonly notFor?: { readonly server?: string; readonly client?: string };
  readonly service?: { readonly maxQueriesPerConnection?: number; readonly maxQueriesPerCaller?: number; readonly identifiesCallers?: boolean };
  readonly steps: readonly Step[];
  /** By the id that the query had first. */
  readonly application?: Readonly<Record<string, Seen>>;
}

const FOLDER = path.join(__dirname, 'transcripts');

/** The names of all transcripts. */
export function names(): string[] {
  return fs.readdirSync(FOLDER).map((file) => path.basename(file, '.json')).sort();
}

export function transcript(name: string): Transcript {
  return JSON.parse(fs.readFileSync(path.join(FOLDER, `${name}.json`), 'utf8')) as Transcript;
}

/** Does the steps in their order. Throws an error that names the step. */
export async function eachStep({ steps }: Transcript, act: (step: Step) => Promise<void>): Promise<void> {
  for (const [index, step] of steps.entries()) {
    try {
      await act(step);
    } catch (error) {
      throw new Error(`step ${index + 1}: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** Tests a side with each transcript. A skipped transcript has its reason in the name. */
export function testTranscripts(side: 'server' | 'client', run: (each: Transcript) => Promise<void>): void {
  for (const name of names()) {
    const each = transcript(name);
    const reason = each.notFor?.[side];
    if (reason === undefined) {
      test(`${name}: ${each.about}`, async () => run(each));
    } else {
      test.skip(`${name}: not for the ${side}, because ${reason}`, () => undefined);
    }
  }
}
