import { createHash } from 'node:crypto';

/** A string of so many characters that compresses to three quarters and no further; always the same for the same name. */
export function incompressible(length: number, name: string | number): string {
  let text = '';
  for (let part = 0; text.length < length; part += 1) {
    text += createHash('sha512').update(`${name}/${part}`).digest('base64url');
  }
  return text.slice(0, length);
}
