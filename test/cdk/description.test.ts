import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import * as fc from 'fast-check';
import { ConnectionAccess, RedshiftWebSocketQuery } from '../../src';
import { descriptionOf } from '../../src/cdk/description';
import { networkProps } from '../support/complete-props';
import { ENVIRONMENT, LEAST_PROPS } from '../support/construct';

/** The ID by which a test finds the descriptions of its construct in a template. */
const MARKER = 'Marker';

/**
 * The patterns that the services accept for each property that names the construct.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 * @see https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis.html
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
 */
const ACCEPTED: Readonly<Record<string, RegExp>> = {
  'AWS::IAM::Policy.PolicyName': /^[\w+=,.@-]{1,128}$/,
  'AWS::IAM::Role.Description': /^[\t\n\r -~\u00A1-\u00FF]{0,1000}$/,
  'AWS::EC2::SecurityGroup.GroupDescription': /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{0,255}$/,
  'AWS::ApiGatewayV2::Api.Description': /^.{0,1024}$/su,
  'AWS::Events::Rule.Description': /^.{0,512}$/su,
};

/** The values in a template that name a construct, for some IDs, except references. */
function descriptionsUnder(ids: readonly string[]): [property: string, value: string][] {
  const stack = new Stack(new App(), 'Stack', { env: ENVIRONMENT });
  const scope = ids.slice(0, -1).reduce<Construct>((parent, id) => new Construct(parent, id), new Construct(stack, MARKER));
  new RedshiftWebSocketQuery(scope, ids[ids.length - 1], {
    ...LEAST_PROPS,
    access: ConnectionAccess.oneTimeTicket(),
    accessLogs: true,
    encryptionKey: new kms.Key(stack, 'Key'),
    vpc: networkProps(stack).vpc,
  });
  const resources = Object.values(Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string; Properties?: object }>);
  return resources.flatMap(({ Type, Properties = {} }) => literals(Properties).map<[string, string]>(([name, description]) => [`${Type}.${name}`, description]))
    .filter(([name, description]) => description.includes(MARKER) && !/\.(Ref|Fn::GetAtt)$/.test(name));
}

function literals(value: unknown, name = ''): [string, string][] {
  if (typeof value === 'string') {
    return [[name, value]];
  }
  return typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, member]) => literals(member, Array.isArray(value) ? name : name === '' ? key : `${name}.${key}`))
    : [];
}

/** Ids that the AWS CDK accepts: not empty, and no names of members that every object has. */
const IDS = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((id) => !(id in {})), { minLength: 1, maxLength: 12 });

describe('RedshiftWebSocketQuery', () => {
  it('describes its resources by its path when the services accept it', () => {
    const descriptions = descriptionsUnder(['Trips']);
    expect(new Set(descriptions.map(([property]) => property))).toEqual(new Set(Object.keys(ACCEPTED)));
    expect(descriptions.map(([, description]) => description)).toEqual(expect.arrayContaining([
      'RedshiftWebSocketQuery Stack/Marker/Trips',
      'Deletes the records of closed WebSocket connections of Stack/Marker/Trips',
      'Lambda functions of Stack/Marker/Trips',
      'Sends events of ended statements to the delivery queue of Stack/Marker/Trips',
    ]));
  });

  it.each([
    ['an id has other letters than those of English', ['Trips — 月']],
    ['an id is outside the Basic Multilingual Plane', ['🚕'.repeat(100)]],
    ['an id has quotes, backslashes and control characters', ['"\'\\\u0000\u007F\u0085\u00A0<>`~^%|?\n']],
    ['the path has 1,200 characters', Array.from({ length: 10 }, (_, index) => `${index}`.repeat(120))],
  ])('has only descriptions that the services accept when %s', (_, ids) => {
    expectAccepted(descriptionsUnder(ids));
  });

  it('has only descriptions that the services accept, whatever the ids are', () => {
    fc.assert(fc.property(IDS, (ids) => expectAccepted(descriptionsUnder(ids))), { numRuns: 5 });
  });
});

describe('descriptionOf', () => {
  it('returns a description that every service accepts, with the text before and after the path', () => {
    const strings = fc.stringMatching(/^[a-zA-Z ]{0,100}$/);
    fc.assert(fc.property(strings, IDS, strings, (before, ids, after) => {
      const construct = ids.reduce<Construct>((parent, id) => new Construct(parent, id), new App());
      const description = descriptionOf(before, construct, after);
      expect(description).toMatch(ACCEPTED['AWS::EC2::SecurityGroup.GroupDescription']);
      expect([description.slice(0, before.length), description.slice(description.length - after.length)]).toEqual([before, after]);
    }), { numRuns: 300 });
  });
});

function expectAccepted(descriptions: readonly [string, string][]): void {
  for (const [property, description] of descriptions) {
    expect([property, description]).toEqual([property, expect.stringMatching(ACCEPTED[property] ?? /^$/)]);
  }
}
