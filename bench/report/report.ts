import { describeMachine } from './machine';
import { withoutPadding } from './markdown-table';
import { writePerformancePage } from './performance-page';

/** The options of each benchmark that choose the output. */
export interface OutputOptions {
  readonly json: boolean;
  readonly writeDocs: boolean;
}

/** The result of a benchmark. */
export interface Report {
  /** The command that writes the tables into the page. */
  readonly command: string;
  /** What was measured, for the page. */
  readonly settings: string;
  readonly tables: readonly string[];
  /** The result as JSON. */
  readonly document: object;
}

/** Prints the tables or the document of a benchmark, and writes the tables into docs/performance.md if requested. */
export function writeReport({ json, writeDocs }: OutputOptions, { command, settings, tables, document }: Report): void {
  process.stdout.write(`${json ? JSON.stringify(document, null, 2) : tables.join('\n\n')}\n`);
  if (writeDocs) {
    writePerformancePage(command, [`${describeMachine()}; ${settings}.`, ...tables.map(withoutPadding)]);
  }
}
