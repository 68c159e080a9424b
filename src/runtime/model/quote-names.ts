const SHOWN_CHARACTERS = 64;
/** A name that a client sent, quoted and truncated. */
export function shown(name: string): string {
  return JSON.stringify(name.length > SHOWN_CHARACTERS ? `${name.slice(0, SHOWN_CHARACTERS)}…` : name);
}

/** Quoted names, separated by commas: `"a", "b"`. */
export function listed(names: readonly string[]): string {
  return names.map(shown).join(', ');
}

/** The sentence of an error that lists the valid names. */
export function listValidNames(names: readonly string[]): string {
  return names.length === 0 ? 'No names are valid.' : `Valid names: ${listed(names)}.`;
}
