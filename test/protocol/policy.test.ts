import * as fs from 'node:fs';
import * as path from 'node:path';
import { names, transcript } from './transcript';
import type { Transcript } from './transcript';

const README = fs.readFileSync(path.join(__dirname, 'README.md'), 'utf8');

/** Whether the client acts without a call of its user: it repeats a query, or sends a message that no user requests. */
function hasPolicy({ steps, notFor }: Transcript): boolean {
  const types = steps.map(({ client }) => (client as { type?: string } | undefined)?.type ?? '');
  const isPlayedByClient = notFor?.client === undefined;
  return steps.some(({ again }) => again !== undefined) || (isPlayedByClient && types.some((type) => type === 'more' || type === 'ping'));
}

describe('the transcripts', () => {
  it.each(names())('state the policy of the client library in %s exactly when the client acts without a call', (name) => {
    const each = transcript(name);
    expect(each.policy !== undefined).toBe(hasPolicy(each));
  });

  it('have all policies listed in the README', () => {
    const listed = [...README.matchAll(/^\| `([\w-]+)` \| (.+) \|$/gm)].filter(([, name]) => names().includes(name)).map(([, name, policy]) => [name, policy]);
    const policies = names().map((name) => [name, transcript(name).policy]).filter(([, policy]) => policy !== undefined);
    expect(listed).toEqual(policies);
  });
});
