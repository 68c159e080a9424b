import { LOOPBACK } from '../loopback';
import type { StackEnvironment } from './template/template';

/** Where the services of the local AWS listen. */
export interface LocalPorts {
  readonly public: number;
  readonly api: number;
}

/** A source of a Content-Security-Policy matches an exact path. On AWS, each API has its own host. */
const LOCAL_API_PATH = /(wss?:\/\/127\.0\.0\.1:\d+)\/execute-api\/[^\s;]*/g;

/** Replaces the AWS addresses of a stack with local addresses. */
export class LocalAddresses {
  private readonly replacements: readonly (readonly [string, string])[];

  constructor({ region, urlSuffix }: StackEnvironment, ports: LocalPorts, apiIds: readonly string[], distributionDomains: readonly string[]) {
    const apis = apiIds.flatMap((apiId): [string, string][] => {
      const host = `${apiId}.execute-api.${region}.${urlSuffix}`;
      return [
        [`wss://${host}`, `ws://${LOOPBACK}:${ports.public}/execute-api/${apiId}`],
        [`https://${host}`, `http://${LOOPBACK}:${ports.api}/${apiId}`],
      ];
    });
    const distributions = distributionDomains.flatMap((domain): [string, string][] => [
      [`https://${domain}`, `http://${LOOPBACK}:${ports.public}`],
      [domain, `${LOOPBACK}:${ports.public}`],
    ]);
    this.replacements = [...apis, ...distributions, [`https://sqs.${region}.${urlSuffix}`, `http://${LOOPBACK}:${ports.api}`]];
  }

  /** Replaces all AWS addresses in a string. */
  public localize(value: string): string {
    return this.replacements.reduce((result, [address, local]) => result.replaceAll(address, local), value);
  }

  /** Replaces all AWS addresses in a header such as a Content-Security-Policy. */
  public localizeSources(value: string): string {
    return this.localize(value).replace(LOCAL_API_PATH, '$1');
  }
}
