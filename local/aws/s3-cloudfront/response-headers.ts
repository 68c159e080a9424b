import type { Properties } from '../template/properties';
import type { Stack } from '../template/stack';

/** A header that CloudFront adds to a response. */
export interface ResponseHeader {
  readonly name: string;
  readonly value: string;
  /** Whether it replaces the header of the origin. */
  readonly override: boolean;
}

/** A response headers policy. */
export interface ResponseHeaders {
  readonly set: readonly ResponseHeader[];
  readonly remove: readonly string[];
}

/** ID of the managed policy SecurityHeadersPolicy. */
const MANAGED_SECURITY_HEADERS = '67f7725c-6f97-4210-82d7-5512b31e9d03';

const SECURITY_HEADERS: Readonly<Record<string, (config: Properties) => readonly [string, string]>> = {
  ContentSecurityPolicy: (config) => ['content-security-policy', config.string('ContentSecurityPolicy')],
  ContentTypeOptions: () => ['x-content-type-options', 'nosniff'],
  FrameOptions: (config) => ['x-frame-options', config.string('FrameOption')],
  ReferrerPolicy: (config) => ['referrer-policy', config.string('ReferrerPolicy')],
  StrictTransportSecurity: (config) => ['strict-transport-security', strictTransportSecurity(config)],
  XSSProtection: (config) => ['x-xss-protection', xssProtection(config)],
};

/** Reads a response headers policy by ID. */
export function responseHeaders(stack: Stack, policyId: string | undefined): ResponseHeaders {
  if (policyId === undefined) {
    return { set: [], remove: [] };
  }
  if (policyId === MANAGED_SECURITY_HEADERS) {
    return managedSecurityHeaders();
  }
  const policy = stack.resources('AWS::CloudFront::ResponseHeadersPolicy').find(({ ref }) => ref === policyId);
  if (policy === undefined) {
    throw new Error(`property ResponseHeadersPolicyId is ${policyId}, which isn't in the template: this managed policy is not supported by the local AWS`);
  }
  const config = policy.properties.object('ResponseHeadersPolicyConfig');
  return {
    set: [...securityHeaders(config.object('SecurityHeadersConfig')), ...customHeaders(config.object('CustomHeadersConfig'))],
    remove: config.object('RemoveHeadersConfig').objects('Items').map((item) => item.string('Header').toLowerCase()),
  };
}

function managedSecurityHeaders(): ResponseHeaders {
  return {
    set: [
      { name: 'referrer-policy', value: 'strict-origin-when-cross-origin', override: false },
      { name: 'strict-transport-security', value: 'max-age=31536000', override: false },
      { name: 'x-content-type-options', value: 'nosniff', override: true },
      { name: 'x-frame-options', value: 'SAMEORIGIN', override: false },
      { name: 'x-xss-protection', value: '1; mode=block', override: false },
    ],
    remove: [],
  };
}

function securityHeaders(config: Properties): ResponseHeader[] {
  return config.names().map((name) => {
    const header = SECURITY_HEADERS[name];
    if (header === undefined) {
      throw new Error(`the response headers policy has SecurityHeadersConfig.${name}, which is not supported by the local AWS`);
    }
    const [headerName, value] = header(config.object(name));
    return { name: headerName, value, override: config.object(name).flag('Override', false) };
  });
}

function customHeaders(config: Properties): ResponseHeader[] {
  return config.objects('Items').map((item) => ({
    name: item.string('Header').toLowerCase(),
    value: item.string('Value'),
    override: item.flag('Override', false),
  }));
}

function strictTransportSecurity(config: Properties): string {
  const directives = [`max-age=${config.string('AccessControlMaxAgeSec')}`];
  return [
    ...directives,
    ...config.flag('IncludeSubdomains', false) ? ['includeSubDomains'] : [],
    ...config.flag('Preload', false) ? ['preload'] : [],
  ].join('; ');
}

function xssProtection(config: Properties): string {
  const report = config.optionalString('ReportUri');
  return [
    config.flag('Protection', false) ? '1' : '0',
    ...config.flag('ModeBlock', false) ? ['mode=block'] : [],
    ...report === undefined ? [] : [`report=${report}`],
  ].join('; ');
}
