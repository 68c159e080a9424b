import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import type { AssemblyStack } from './assembly';
import { Intrinsics } from './intrinsics';
import { Properties } from './properties';
import { propertyProblems } from './property-check';
import type { ResourceIdentity, ResourceType, ResourceTypes } from './resource-type';
import type { StackEnvironment, TemplateResource } from './template';
import type { AccessRequest, Decision } from '../iam/access-request';

/** A resource with a supported type, resolved properties and no false condition. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Properties;
  readonly ref: string;
  attribute(name: string): string;
}

/** A permission that the stack requires. */
interface Requirement {
  readonly resource: Resource;
  readonly request: AccessRequest;
  readonly problem: string;
}

const KNOWN_SECTIONS = ['AWSTemplateFormatVersion', 'Description', 'Metadata', 'Parameters', 'Mappings', 'Conditions', 'Resources', 'Outputs'];
const KNOWN_RESOURCE_ATTRIBUTES = ['Type', 'Properties', 'Condition', 'DependsOn', 'Metadata', 'DeletionPolicy', 'UpdateReplacePolicy'];
const BOOTSTRAP_RULE = 'CheckBootstrapVersion';

/** A stack and the problems that prevent its emulation. */
export class Stack {
  private readonly problems: string[] = [];
  private readonly requirements: Requirement[] = [];
  private readonly resourcesByType = new Map<string, Resource[]>();
  private readonly refsInProgress = new Set<string>();
  private readonly intrinsics: Intrinsics;

  constructor(private readonly assembly: AssemblyStack, public readonly environment: StackEnvironment, private readonly types: ResourceTypes) {
    this.intrinsics = new Intrinsics(assembly.template, environment, {
      ref: (logicalId) => this.refOf(logicalId),
      attribute: (logicalId, name) => this.attributeOf(logicalId, name),
    });
    this.checkSections();
    for (const [logicalId, resource] of Object.entries(assembly.template.Resources ?? {})) {
      this.attempt(logicalId, resource.Type, () => this.read(logicalId, resource));
    }
  }

  public resources(type: string): readonly Resource[] {
    return this.resourcesByType.get(type) ?? [];
  }

  /** Maps each resource of a type. Adds a problem for each error. */
  public plan<T>(type: string, make: (resource: Resource) => T): T[] {
    return this.resources(type).flatMap((resource) => {
      const made = this.attempt(resource.logicalId, resource.type, () => [make(resource)]);
      return made ?? [];
    });
  }

  public outputs(): Record<string, string> {
    const outputs = Object.entries(this.assembly.template.Outputs ?? {})
      .filter(([, { Condition: condition }]) => condition === undefined || this.intrinsics.condition(condition));
    return Object.fromEntries(outputs.map(([name, { Value: value }]) => [name, this.attempt(name, 'output', () => String(this.intrinsics.resolve(value))) ?? '']));
  }

  /** Finds the directory of an asset. */
  public assetDirectory(objectKey: string): string {
    const location = this.assembly.assetPath(objectKey);
    if (!fs.statSync(location).isDirectory()) {
      throw new Error(`the asset ${objectKey} is a file: archives are not supported by the local AWS: use a directory`);
    }
    return location;
  }

  /** Adds a permission that a resource requires. */
  public require(resource: Resource, request: AccessRequest, problem: string): void {
    this.requirements.push({ resource, request, problem });
  }

  /** Adds a problem for each denied permission. */
  public async checkRequirements(decide: (request: AccessRequest) => Promise<Decision>): Promise<void> {
    for (const { resource, request, problem } of this.requirements) {
      if (!(await decide(request)).allowed) {
        this.addProblem(resource.logicalId, resource.type, problem);
      }
    }
  }

  /** Throws one error that lists all problems. */
  public throwProblems(): void {
    if (this.problems.length > 0) {
      throw new Error(`the stack ${this.environment.stackName} cannot run on the local AWS:\n${this.problems.map((problem) => `  ${problem}`).join('\n')}`);
    }
  }

  public addProblem(logicalId: string, type: string, problem: string): void {
    this.problems.push(`${logicalId} (${type}): ${problem}`);
  }

  private checkSections(): void {
    const { template } = this.assembly;
    for (const section of Object.keys(template)) {
      const rules = section === 'Rules' ? Object.keys(template.Rules as object).filter((rule) => rule !== BOOTSTRAP_RULE) : [];
      rules.forEach((rule) => this.addProblem(rule, 'rule', 'template rules are not supported by the local AWS'));
      if (section !== 'Rules' && !KNOWN_SECTIONS.includes(section)) {
        this.addProblem(section, 'section', 'the template section is not supported by the local AWS');
      }
    }
  }

  private read(logicalId: string, resource: TemplateResource): void {
    if (resource.Condition !== undefined && !this.intrinsics.condition(resource.Condition)) {
      return;
    }
    const type = this.typeOf(resource.Type);
    for (const name of Object.keys(resource).filter((attribute) => !KNOWN_RESOURCE_ATTRIBUTES.includes(attribute))) {
      this.addProblem(logicalId, resource.Type, `the resource attribute ${name} is not supported by the local AWS`);
    }
    const properties = this.resolveProperties(logicalId, resource);
    propertyProblems(type, properties).forEach((problem) => this.addProblem(logicalId, resource.Type, problem));
    const list = this.resourcesByType.get(resource.Type) ?? [];
    this.resourcesByType.set(resource.Type, [...list, {
      logicalId,
      type: resource.Type,
      properties: new Properties(properties),
      ref: type.ref(this.identity(logicalId, resource)),
      attribute: (name) => this.attributeOf(logicalId, name),
    }]);
  }

  private resolveProperties(logicalId: string, resource: TemplateResource): Record<string, unknown> {
    const resolved: Record<string, unknown> = {};
    for (const [name, raw] of Object.entries(resource.Properties ?? {})) {
      const value = this.attempt(logicalId, resource.Type, () => this.intrinsics.resolve(raw), `property ${name}: `);
      if (value !== undefined) {
        resolved[name] = value;
      }
    }
    return resolved;
  }

  private typeOf(name: string): ResourceType {
    const type = this.types[name];
    if (type === undefined) {
      throw new Error('the resource type is not supported by the local AWS');
    }
    return type;
  }

  private refOf(logicalId: string): string | undefined {
    const resource = this.assembly.template.Resources?.[logicalId];
    return resource === undefined ? undefined : this.typeOf(resource.Type).ref(this.identity(logicalId, resource));
  }

  private attributeOf(logicalId: string, name: string): string {
    const resource = this.assembly.template.Resources?.[logicalId];
    if (resource === undefined) {
      throw new Error(`Fn::GetAtt is ${logicalId}, which isn't a resource of the template`);
    }
    const attribute = this.typeOf(resource.Type).attributes?.[name];
    if (attribute === undefined) {
      throw new Error(`the attribute ${name} of ${logicalId} (${resource.Type}) is not supported by the local AWS`);
    }
    return attribute(this.identity(logicalId, resource));
  }

  private identity(logicalId: string, resource: TemplateResource): ResourceIdentity {
    const { environment } = this;
    const generatedId = (length: number) => digest(`${environment.stackId}/${logicalId}`).slice(0, length);
    return {
      logicalId,
      environment,
      property: (name) => this.propertyString(logicalId, name, resource),
      generatedName: `${environment.stackName}-${logicalId}-${generatedId(12).toUpperCase()}`,
      generatedId,
    };
  }

  private propertyString(logicalId: string, name: string, resource: TemplateResource): string | undefined {
    const key = `${logicalId}.${name}`;
    if (this.refsInProgress.has(key)) {
      throw new Error(`property ${name} of ${logicalId} refers to itself`);
    }
    this.refsInProgress.add(key);
    try {
      const value = this.intrinsics.resolve(resource.Properties?.[name]);
      return value === undefined ? undefined : String(value);
    } finally {
      this.refsInProgress.delete(key);
    }
  }

  private attempt<T>(logicalId: string, type: string, action: () => T, prefix = ''): T | undefined {
    try {
      return action();
    } catch (error) {
      this.addProblem(logicalId, type, `${prefix}${(error as Error).message}`);
      return undefined;
    }
  }
}

/** Returns the environment of a stack. */
export function stackEnvironment(stackName: string, region: string, accountId: string): StackEnvironment {
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  const id = createHash('sha256').update(`${accountId}/${region}/${stackName}`).digest('hex');
  const uuid = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20, 32)].join('-');
  return {
    region,
    accountId,
    partition,
    urlSuffix: partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
    stackName,
    stackId: `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stackName}/${uuid}`,
  };
}

function digest(value: string): string {
  return BigInt(`0x${createHash('sha256').update(value).digest('hex')}`).toString(36).padStart(50, '0');
}
