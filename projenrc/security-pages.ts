import * as fs from 'node:fs';
import * as path from 'node:path';
import { attackTests } from './attack-tests';
import { ALL_ROLES, PERMISSIONS } from '../test/least-privilege/permissions';
import type { Permission } from '../test/least-privilege/permissions';
import { ACCEPTED, ACCEPTED_LINT } from '../test/security/accepted-findings';

const PROJECT = path.resolve(__dirname, '..');

/** The parts of the documents that are generated from the data of tests, by page and name. */
const PARTS: Readonly<Record<string, Readonly<Record<string, () => string[]>>>> = {
  'docs/permissions.md': { permissions: permissionTable, wildcards: wildcardTable },
  'docs/linter-findings.md': { 'cdk-nag': nagTable, 'cfn-lint': lintTable },
  'docs/attacks.md': { 'attack tests': () => attackTests(path.join(PROJECT, 'test')) },
};

/** The pages with generated parts. */
export const SECURITY_PAGES: readonly string[] = Object.keys(PARTS);

/** The committed content of a page, and the content with its parts generated again. */
export function securityPage(page: string): { readonly committed: string; readonly generated: string } {
  const committed = fs.readFileSync(path.join(PROJECT, page), 'utf8');
  const generated = Object.entries(PARTS[page]).reduce((content, [name, lines]) => {
    const [begin, end] = [`<!-- Generated from tests: ${name} -->\n`, `<!-- End of ${name} -->\n`];
    if (!content.includes(begin) || !content.includes(end)) {
      throw new Error(`${page} has no lines ${begin.trim()} and ${end.trim()}: add them around the generated part`);
    }
    return `${content.slice(0, content.indexOf(begin) + begin.length)}\n${lines().join('\n').trim()}\n\n${content.slice(content.indexOf(end))}`;
  }, committed);
  return { committed, generated };
}

function permissionTable(): string[] {
  return table(['Role', 'Action', 'Resource', 'Purpose'], PERMISSIONS.map(({ roles, when, actions, resource, condition, purpose }) => [
    [roles.length === ALL_ROLES.length ? 'all roles' : roles.map((role) => `*${role}*`).join(', '), ...when === undefined ? [] : [when]].join(', '),
    code(actions),
    [resource[1], ...condition === undefined ? [] : [condition[1]]].join(', '),
    purpose,
  ]));
}

function wildcardTable(): string[] {
  const wildcards = PERMISSIONS.filter((permission): permission is Permission & { wildcard: string } => permission.wildcard !== undefined);
  return table(['Action', 'Resource', 'Reason'], wildcards.map(({ actions, resource, wildcard }) => [code(actions), resource[1], wildcard]));
}

function nagTable(): string[] {
  return table(['Rule', 'Resource', 'Reason'], ACCEPTED.map(({ rules, where: [, resource], reason }) => [rulesByName(rules), resource, reason]));
}

function lintTable(): string[] {
  return table(['Rule', 'Resource', 'Reason'], ACCEPTED_LINT.map(({ rule, where, reason }) => [`\`${rule}\``, where, reason]));
}

/** Lists each rule once, with its rule packs. */
function rulesByName(rules: readonly string[]): string {
  const split = rules.map((id): [pack: string, name: string] => [id.slice(0, id.indexOf('-')), id.slice(id.indexOf('-') + 1)]);
  const names = [...new Set(split.map(([, name]) => name))];
  return names.map((name) => `\`${name}\` (${split.filter(([, other]) => other === name).map(([pack]) => pack.split('.')[0]).join(', ')})`).join(', ');
}

function code(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

if (require.main === module) {
  for (const page of SECURITY_PAGES) {
    fs.writeFileSync(path.join(PROJECT, page), securityPage(page).generated);
  }
}
