const MAX_QUOTED_CHARACTERS = 64;

/** A name that a client sent, quoted and truncated. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > MAX_QUOTED_CHARACTERS ? `${name.slice(0, MAX_QUOTED_CHARACTERS)}…` : name);
}

/** Quoted names, separated by commas: `"a", "b"`. */
export function joinNames(names: readonly string[]): string {
  return names.map(quoteName).join(', ');
}

/** The sentence of an error that lists the valid names. */
export function listValidNames(names: readonly string[]): string {
  return names.length === 0 ? 'No names are valid.' : `Valid names: ${joinNames(names)}.`;
}
