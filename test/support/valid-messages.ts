import { invalidityOfSent } from './protocol-schema';

const invalid: string[] = [];

/** Each test of a file that imports this fails when the service sends an invalid message. */
afterEach(() => {
  expect(invalid.splice(0)).toEqual([]);
});

/** Records a message of the service if it violates the protocol. */
export function recordSent(message: string): void {
  const wrong = invalidityOfSent(message);
  if (wrong !== undefined) {
    invalid.push(`${wrong}: ${message.slice(0, 1000)}`);
  }
}
