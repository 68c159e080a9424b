/** What the verified sign-in of a caller says of it, by name, as JSON has it. */
export type Claims = Readonly<Record<string, unknown>>;
