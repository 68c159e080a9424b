import type { VirtualClock } from './virtual-clock';

/** The events, one line each with its virtual time; stored only when they are printed. */
export class History {
  public readonly lines: string[] = [];

  constructor(private readonly clock: VirtualClock, private readonly isRetained: boolean) {}

  /** Notes a line; the string is built only when it is stored. */
  public add(string: () => string): void {
    if (this.isRetained) {
      this.lines.push(`${(this.clock.elapsed() / 1000).toFixed(3).padStart(10)} ${string()}`);
    }
  }
}

const SHOWN_CHARACTERS = 160;

/** A value as a short string. */
export function shorten(value: unknown): string {
  const string = value instanceof Error ? `${value.name}: ${value.message}` : JSON.stringify(value) ?? 'nothing';
  return string.length > SHOWN_CHARACTERS ? `${string.slice(0, SHOWN_CHARACTERS)}…` : string;
}
