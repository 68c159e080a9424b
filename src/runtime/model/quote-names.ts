const SHOWN_CHARACTERS = 64;
/** A name that a client sent, short and quoted, for the sentence of an error. */
export function shown(name: string): string {
  return JSON.stringify(name.length > SHOWN_CHARACTERS ? `${name.slice(0, SHOWN_CHARACTERS)}…` : name);
}

/** Names for a sentence: `"a", "b"`, or `none`. */
export function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map(shown).join(', ');
}
