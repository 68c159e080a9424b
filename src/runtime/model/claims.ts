/** The verified claims of a caller, by name. */
export type Claims = Readonly<Record<string, unknown>>;
