import { createHash } from 'node:crypto';

/** A string of so many characters that compresses to three quarters and no further; always the same for the same name. */
export function incompressible(length: number, name: string | number): string {
  let string = '';
  for (let part = 0; string.length < length; part += 1) {
    string += createHash('sha512').update(`${name}/${part}`).digest('base64url');
  }
  return string.slice(0, length);
}
