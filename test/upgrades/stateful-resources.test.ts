import * as fs from 'node:fs';
import * as path from 'node:path';
import { resourcesOf, STATEFUL_TYPES, STATELESS_TYPES } from './stateful-resources';
import type { ResourceIdentity } from './stateful-resources';
import { ConnectionAccess } from '../../src';
import { completeProps, networkProps } from '../support/complete-props';
import { construct, newStack } from '../support/construct';

const PAGE = path.resolve(__dirname, '..', '..', 'docs', 'upgrading.md');

/** Constructs with the fewest and with all props, and the resources that a prop creates only without another prop. */
function resourcesOfVariants(): ResourceIdentity[] {
  const [complete, network, tokens] = [newStack(), newStack(), newStack()];
  const variants = [
    construct(),
    construct({ ...completeProps(complete), stageName: undefined }, complete),
    construct({ access: ConnectionAccess.oneTimeTicket(), vpc: networkProps(network).vpc }, network),
    construct({ access: ConnectionAccess.openIdConnect({ issuer: 'https://id.example.com', audience: ['app'] }) }, tokens),
  ];
  return variants.flatMap(resourcesOf);
}

/** The first columns of the row of a resource. */
function rowOf({ constructPath, logicalId, type, fixedProperties }: ResourceIdentity): string {
  const fixed = Object.entries(fixedProperties).map(([name, value]) => `\`${name}: ${JSON.stringify(value)}\``);
  return `| \`${constructPath}\` | \`${logicalId}\` | \`${type}\` | ${fixed.join(', ') || 'none'} |`;
}

/** The rows of the page, divided into the columns of `rowOf` and the rest. */
function rowsOfPage(): { readonly identity: string; readonly loss: string }[] {
  const rows = fs.readFileSync(PAGE, 'utf8').matchAll(/^(\| `.*` \| `Query\w+` \| `[\w:]+` \| .*? \|) ?(.*)\|$/gm);
  return [...rows].map(([, identity, loss]) => ({ identity, loss: loss.trim() }));
}

describe('the stateful resources of RedshiftWebSocketQuery', () => {
  const resources = resourcesOfVariants();

  it('have the ids and the fixed properties that docs/upgrading.md lists', () => {
    const stateful = resources.filter(({ type }) => STATEFUL_TYPES.includes(type)).map(rowOf);
    const listed = rowsOfPage().map(({ identity }) => identity);
    expect([...new Set(stateful)].sort()).toEqual(listed.sort());
  });

  it('have a description of what a replacement loses in docs/upgrading.md', () => {
    expect(rowsOfPage().filter(({ loss }) => loss === '')).toEqual([]);
  });

  it('are distinguished from stateless resources by their type', () => {
    const types = resources.map(({ type }) => type).filter((type) => !STATEFUL_TYPES.includes(type) && !STATELESS_TYPES.includes(type));
    expect([...new Set(types)]).toEqual([]);
  });
});
