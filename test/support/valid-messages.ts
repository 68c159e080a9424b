import { invalidityOfSent } from './protocol-schema';

const invalid: string[] = [];

/** Whoever imports this has each of its tests fail that was sent something invalid, whatever the test itself looks at. */
afterEach(() => {
  expect(invalid.splice(0)).toEqual([]);
});

/** Notes a text that the service sent where it is not as the protocol says. */
export function noteSent(text: string): void {
  const wrong = invalidityOfSent(text);
  if (wrong !== undefined) {
    invalid.push(`${wrong}: ${text.slice(0, 1000)}`);
  }
}
