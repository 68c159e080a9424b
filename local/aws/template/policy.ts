/** A statement of a policy. */
export interface PolicyStatement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: string | { readonly Service?: string | readonly string[] };
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What a service wants to do on behalf of a resource. */
export interface ServiceRequest {
  readonly service: string;
  readonly action: string;
  readonly resource: string;
  readonly sourceArn: string;
}

/** Whether a resource policy allows a service to do something. */
export function allowsService(statements: readonly PolicyStatement[], { service, action, resource, sourceArn }: ServiceRequest): boolean {
  return statements.some(({ Effect: effect, Action: actions = [], Resource: resources = [], Principal: principal, Condition: condition = {} }) =>
    effect === 'Allow'
    && asList(typeof principal === 'object' ? principal.Service ?? [] : []).includes(service)
    && asList(actions).some((allowed) => matchesPattern(allowed, action))
    && asList(resources).some((allowed) => matchesPattern(allowed, resource))
    && sourceArns(condition).every((allowed) => allowed.some((pattern) => matchesPattern(pattern, sourceArn))));
}

/** Whether statements of a role's policies allow an action, and none denies it. */
export function allowsAction(statements: readonly PolicyStatement[], action: string, resource: string): boolean {
  const matching = statements.filter(({ Action: actions = [], Resource: resources = [] }) =>
    asList(actions).some((pattern) => matchesPattern(pattern, action))
    && asList(resources).some((pattern) => matchesPattern(pattern, resource)));
  return matching.some(({ Effect: effect }) => effect === 'Allow') && matching.every(({ Effect: effect }) => effect === 'Allow');
}

/** Whether a text fits a pattern of a policy, in which * stands for any characters. */
export function matchesPattern(pattern: string, text: string): boolean {
  const source = pattern.split('*').map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&')).join('.*');
  return new RegExp(`^${source}$`, 'i').test(text);
}

function sourceArns(condition: NonNullable<PolicyStatement['Condition']>): (readonly string[])[] {
  return Object.values(condition)
    .flatMap((test) => Object.entries(test))
    .filter(([key]) => key.toLowerCase() === 'aws:sourcearn')
    .map(([, value]) => asList(value));
}

function asList(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value] : value;
}
