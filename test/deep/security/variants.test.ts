import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { RedshiftWebSocketQuery } from '../../../src';
import { ACCEPTED, ACCEPTED_LINT, accepts } from '../../security/accepted-findings';
import { findCfnLint, lint } from '../../security/cfn-lint';
import type { LintFinding } from '../../security/cfn-lint';
import { addNag } from '../../security/nag';
import type { Finding } from '../../security/nag';
import { addVariants, PLACES, VARIANTS } from '../../security/variants';
import type { Place } from '../../security/variants';

const REGIONS = PLACES.filter((place) => place !== 'anywhere');

let directory: string;
let findings: readonly Finding[];
const stacks = {} as Record<Place, Stack[]>;

beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), 'variants-'));
  for (const place of PLACES) {
    const app = new App({ outdir: path.join(directory, place) });
    stacks[place] = addVariants(app, place);
    findings = place === 'us-east-1' ? addNag(app) : findings;
    app.synth();
  }
});

afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

function templateFiles(place: Place): string[] {
  return stacks[place].map(({ templateFile }) => path.join(directory, place, templateFile));
}

/** All strings of a template, such as the parts of an Fn::Join. */
function stringsOf(place: Place, name: string): string[] {
  const template = fs.readFileSync(path.join(directory, place, `${name}.template.json`), 'utf8');
  return template.match(/"(?:[^"\\]|\\.)*"/g)!.map((string) => JSON.parse(string) as string);
}

describe('cdk-nag: AwsSolutions, HIPAA, NIST 800-53 and PCI DSS', () => {
  it('reports only accepted findings', () => {
    const others = findings.filter((finding) => !ACCEPTED.some((entry) => accepts(entry, finding)));
    expect(others.map(({ rule, variant, resource, detail }) => `${rule} ${variant}/${resource} ${detail}`)).toEqual([]);
  });

  it('reports each accepted finding', () => {
    const unused = ACCEPTED.flatMap((entry) => entry.rules
      .filter((rule) => !findings.some((finding) => finding.rule === rule && accepts(entry, finding)))
      .map((rule) => `${rule}: ${entry.reason}`));
    expect(unused).toEqual([]);
  });

  it('checks each variant', () => {
    expect(new Set(findings.map(({ variant }) => variant))).toEqual(new Set(VARIANTS));
  });
});

describe('cfn-lint', () => {
  const cfnLint = findCfnLint();
  if ('missing' in cfnLint) {
    console.log(`cfn-lint is skipped: ${cfnLint.missing}`);
  }
  const lintTest = 'missing' in cfnLint ? test.skip : test;
  let found: readonly LintFinding[] = [];

  beforeAll(() => {
    found = 'missing' in cfnLint ? [] : lint(cfnLint, templateFiles('anywhere'), REGIONS);
  });

  const isAccepted = ({ rule, message, variants }: typeof ACCEPTED_LINT[number], finding: LintFinding) =>
    rule === finding.rule && message.test(finding.message) && variants.test(finding.file.split('.')[0]);

  lintTest('reports only accepted findings in all partitions', () => {
    expect(found.filter((finding) => !ACCEPTED_LINT.some((entry) => isAccepted(entry, finding)))).toEqual([]);
  });

  lintTest('reports each accepted finding', () => {
    expect(ACCEPTED_LINT.filter((entry) => !found.some((finding) => isAccepted(entry, finding)))).toEqual([]);
  });
});

describe.each(PLACES)('templates in %s', (place) => {
  it.each(VARIANTS)('have no partition in an ARN: %s', (name) => {
    expect(stringsOf(place, name).filter((string) => /\barn:aws/.test(string))).toEqual([]);
  });

  it.each(VARIANTS)('have no AWS domain except service principals: %s', (name) => {
    expect(stringsOf(place, name).filter((string) => /amazonaws\.com|api\.aws/.test(string) && !/^[a-z0-9-]+\.amazonaws\.com$/.test(string))).toEqual([]);
  });

  it('have URLs with the domain of the partition', () => {
    const constructs = stacks[place].flatMap((stack) => stack.node.findAll()).filter((each) => each instanceof RedshiftWebSocketQuery);
    const addresses = constructs.flatMap(({ url, callbackUrl, stage }) =>
      [url, callbackUrl].map((address) => JSON.stringify(Stack.of(stage).resolve(address))));
    expect(addresses).toHaveLength(2 * VARIANTS.length);
    expect(addresses.filter((address) => !address.includes('{"Ref":"AWS::URLSuffix"}'))).toEqual([]);
  });
});

it('bundles no ARN with a partition in the functions', () => {
  const assets = path.join(__dirname, '..', '..', '..', 'assets', 'functions');
  for (const name of fs.readdirSync(assets)) {
    const code = fs.readFileSync(path.join(assets, name, 'index.js'), 'utf8');
    expect({ name, arns: code.match(/.{0,40}\barn:aws:.{0,40}/g) ?? [] }).toEqual({ name, arns: [] });
  }
});
