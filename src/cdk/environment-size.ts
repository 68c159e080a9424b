import { Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

/**
 * Maximum size of all environment variables of a function, in bytes.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const MAX_ENVIRONMENT_BYTES = 4 * 1024;

/** Rejects at synthesis every function of a construct whose environment variables exceed what Lambda accepts, as far as their values are known. */
export function validateEnvironments(scope: IConstruct): void {
  scope.node.addValidation({
    validate: () => scope.node.findAll().filter((each) => each instanceof lambda.CfnFunction).flatMap((each) => environmentErrors(each)),
  });
}

function environmentErrors(resource: lambda.CfnFunction): string[] {
  const { variables = {} } = (Stack.of(resource).resolve(resource.environment) ?? {}) as { variables?: Readonly<Record<string, unknown>> };
  const known = Object.entries(variables).map(([name, value]) => [name, knownPart(value)] as const);
  const bytes = jsonBytes(Object.fromEntries(known));
  if (bytes <= MAX_ENVIRONMENT_BYTES) {
    return [];
  }
  const [[name, value]] = known.sort(([, one], [, other]) => jsonBytes(other) - jsonBytes(one));
  return [`the environment variables of ${resource.node.path} have at least ${bytes} bytes as JSON, and Lambda accepts ${MAX_ENVIRONMENT_BYTES}: shorten the largest, `
    + `${name} (${jsonBytes(value)} bytes). An SQL template with a token is an environment variable: replace tokens in long templates with strings known at synthesis, `
    + 'such as the name of a schema, or move SQL into a view'];
}

/** Lambda measures the variables as a JSON object. */
function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

/** The strings in a resolved value; the rest of a value with tokens is known only at deployment. */
function knownPart(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  const [separator, parts] = (value as { readonly 'Fn::Join'?: readonly [string, readonly unknown[]] })['Fn::Join'] ?? ['', []];
  return parts.map(knownPart).join(separator);
}
