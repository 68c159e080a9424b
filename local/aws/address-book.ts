import { LOOPBACK } from '../loopback';
import type { StackEnvironment } from './template/template';

/** Where the services of the local AWS listen. */
export interface LocalPorts {
  readonly public: number;
  readonly api: number;
}

/** Sources match whole paths, while on AWS an API has a host to itself. */
const LOCAL_API_PATH = /(wss?:\/\/127\.0\.0\.1:\d+)\/execute-api\/[^\s;]*/g;

/** Turns the addresses that AWS would give into addresses of this machine. */
export class AddressBook {
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

  /** A text in which every address that the stack has on AWS is the local one. */
  public localize(text: string): string {
    return this.replacements.reduce((result, [address, local]) => result.replaceAll(address, local), text);
  }

  /** The same for a header such as a Content-Security-Policy, in which an address stands for all that is below it. */
  public localizeSources(text: string): string {
    return this.localize(text).replace(LOCAL_API_PATH, '$1');
  }
}
