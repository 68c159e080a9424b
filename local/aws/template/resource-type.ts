import type { StackEnvironment } from './template';

/** What a resource's Ref and attributes can be made from. */
export interface ResourceIdentity {
  readonly logicalId: string;
  readonly environment: StackEnvironment;
  /** A name as CloudFormation makes them: of the stack, the logical id and a tail. */
  readonly generatedName: string;
  /** The text of a property, such as a name that the template gives; undefined when it is left out. */
  property(name: string): string | undefined;
  /** Lower-case letters and digits, the same at each start. */
  generatedId(length: number): string;
}

/** What the emulation knows of one type of resource. */
export interface ResourceType {
  /** The properties that are acted on, as dotted paths; a path covers all that is below it. */
  readonly honoured: readonly string[];
  /** The properties that change nothing on one machine, and why. */
  readonly harmless: Readonly<Record<string, string>>;
  /** Properties of which only these values are emulated. */
  readonly values?: Readonly<Record<string, readonly unknown[]>>;
  readonly ref: (identity: ResourceIdentity) => string;
  readonly attributes?: Readonly<Record<string, (identity: ResourceIdentity) => string>>;
}

export type ResourceTypes = Readonly<Record<string, ResourceType>>;

export const HARMLESS_TAGS = { Tags: 'tags are for people and bills' };

/** An ARN of a resource that has an account and a Region. */
export function arn({ environment }: ResourceIdentity, service: string, resource: string): string {
  const { partition, region, accountId } = environment;
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}

/** The name that the template gives in a property, or a generated one. */
export function named(property: string): (identity: ResourceIdentity) => string {
  return (identity) => identity.property(property) ?? identity.generatedName;
}
