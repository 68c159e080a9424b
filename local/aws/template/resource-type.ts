import type { StackEnvironment } from './template';

/** Identity of a resource, from which Ref and attributes are derived. */
export interface ResourceIdentity {
  readonly logicalId: string;
  readonly environment: StackEnvironment;
  /** A name as CloudFormation generates it. */
  readonly generatedName: string;
  /** Value of a property, such as a name. */
  property(name: string): string | undefined;
  /** A deterministic ID of lower-case letters and digits. */
  generatedId(length: number): string;
}

/** A resource type of CloudFormation. */
export interface ResourceType {
  /** Paths of supported properties. A path includes nested properties. */
  readonly supported: readonly string[];
  /** Paths of properties without effect on the local AWS, with the reason. */
  readonly ignored: Readonly<Record<string, string>>;
  /** Supported values of properties. */
  readonly values?: Readonly<Record<string, readonly unknown[]>>;
  readonly ref: (identity: ResourceIdentity) => string;
  readonly attributes?: Readonly<Record<string, (identity: ResourceIdentity) => string>>;
}

export type ResourceTypes = Readonly<Record<string, ResourceType>>;

export const IGNORED_TAGS = { Tags: 'tags have no effect' };

/** Returns the ARN of a resource with account and Region. */
export function arn({ environment }: ResourceIdentity, service: string, resource: string): string {
  const { partition, region, accountId } = environment;
  return `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
}

/** Returns the name of a resource: the property or a generated name. */
export function named(property: string): (identity: ResourceIdentity) => string {
  return (identity) => identity.property(property) ?? identity.generatedName;
}
