import type { AccessRequest } from '../../../local/aws';
import { SECRET_KEYS } from '../../least-privilege/database-props';
import { runFlow, SQL } from '../../least-privilege/flow';
import { authorizerWithout, grantsOf, policiesOf } from '../../least-privilege/policies';
import { VARIANTS } from '../../least-privilege/variants';
import { emptyDatabase } from '../../support/local/empty-database';
import { HeldEngine } from '../../support/local/held-engine';
import { startLocalApplication } from '../../support/local/local-application';
import type { LocalApplication } from '../../support/local/local-application';

let engine: HeldEngine;
let application: LocalApplication;

beforeAll(async () => {
  engine = new HeldEngine(await emptyDatabase());
  const queries = Object.fromEntries(Object.keys(VARIANTS).map((id) => [id, [SQL, 'rows'] as const]));
  application = await startLocalApplication(queries, engine, { secretKeys: SECRET_KEYS }, (id, stack) => VARIANTS[id](stack));
});

afterAll(async () => {
  await application?.close();
  await engine?.close();
});

describe('functions with all permissions', () => {
  it.each(Object.keys(VARIANTS))('are denied no request of the flow: %s', async (id) => {
    await runFlow(application, engine, id);
  });
});

/** The distinct requests. */
function recording(): AccessRequest[] {
  return [...new Map(application.accesses.map((request) => [JSON.stringify(request), request])).values()];
}

describe('permissions of the functions', () => {
  it('are each necessary for a request of the flow', async () => {
    const policies = policiesOf(application.assemblyDirectory);
    const grants = grantsOf(policies);
    const done = recording();
    expect(grants.length).toBeGreaterThan(Object.keys(VARIANTS).length * 25);
    const leftOver: string[] = [];
    for (const grant of grants) {
      const authorizer = authorizerWithout(policies, grant);
      const requests = done.filter(({ principal, action }) => principal.split('/')[1] === grant.role && action === grant.action);
      const decisions = await Promise.all(requests.map(async (request) => authorizer.decide(request)));
      if (decisions.every(({ allowed }) => allowed)) {
        leftOver.push(`${grant.role}: ${grant.action} on ${grant.resource} where ${grant.condition}`);
      }
    }
    expect(leftOver).toEqual([]);
  });

  it('allow all requests of the flow', async () => {
    const authorizer = authorizerWithout(policiesOf(application.assemblyDirectory));
    const decisions = await Promise.all(recording().map(async (request) => authorizer.decide(request)));
    expect(decisions.filter(({ allowed }) => !allowed)).toEqual([]);
  });
});
