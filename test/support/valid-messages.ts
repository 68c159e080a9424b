import { invalidityOfSent } from './protocol-schema';

const invalid: string[] = [];

/** Whoever imports this has each of its tests fail that was sent something invalid, whatever the test itself looks at. */
afterEach(() => {
  expect(invalid.splice(0)).toEqual([]);
});

/** Notes a string that the service sent when it violates the protocol. */
export function noteSent(text: string): void {
  const wrong = invalidityOfSent(text);
  if (wrong !== undefined) {
    invalid.push(`${wrong}: ${text.slice(0, 1000)}`);
  }
}
