import type { VirtualClock } from './virtual-clock';

/** What happened, one line each with its virtual time; kept only where somebody is going to read it. */
export class History {
  public readonly lines: string[] = [];

  constructor(private readonly clock: VirtualClock, private readonly isRetained: boolean) {}

  /** Notes a line; the text is made only when it is kept. */
  public note(text: () => string): void {
    if (this.isRetained) {
      this.lines.push(`${(this.clock.elapsed() / 1000).toFixed(3).padStart(10)} ${text()}`);
    }
  }
}

const SHOWN_CHARACTERS = 160;

/** A value as short text. */
export function brief(value: unknown): string {
  const text = value instanceof Error ? `${value.name}: ${value.message}` : JSON.stringify(value) ?? 'nothing';
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
