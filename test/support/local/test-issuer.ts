import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { OAuth2Server } from 'oauth2-mock-server';
import { generate } from 'selfsigned';

/** The claims of a token, in addition to those that the issuer sets. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/** An OpenID Connect issuer on this machine, over TLS, by a program that others have written. */
export class TestIssuer {
  /** Starts it with a key for RS256 and one for ES256. */
  public static async start(): Promise<TestIssuer> {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'test-issuer-'));
    const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
      algorithm: 'sha256',
      extensions: [{ name: 'basicConstraints', cA: true }, { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }, { type: 7, ip: '127.0.0.1' }] }],
    });
    const files = { key: path.join(directory, 'key.pem'), certificate: path.join(directory, 'certificate.pem') };
    fs.writeFileSync(files.key, key);
    fs.writeFileSync(files.certificate, cert);
    const server = new OAuth2Server(files.key, files.certificate, { endpoints: { jwks: '/.well-known/jwks.json' } });
    await server.issuer.keys.generate('RS256', { kid: 'rsa' });
    await server.issuer.keys.generate('ES256', { kid: 'elliptic' });
    await server.start(undefined, '127.0.0.1');
    return new TestIssuer(server, directory, files.certificate);
  }

  private constructor(private readonly server: OAuth2Server, private readonly directory: string, public readonly certificateFile: string) {}

  /** Its address, and the `iss` of its tokens. */
  public get url(): string {
    return this.server.issuer.url!;
  }

  /** A token that is valid for an hour. Claims that are undefined are omitted. */
  public async token(claims: TokenClaims, kid = 'rsa', header: object = {}): Promise<string> {
    return this.server.issuer.buildToken({
      kid,
      expiresIn: 3600,
      scopesOrTransform: (head, payload) => {
        Object.assign(head, header);
        Object.assign(payload, { sub: 'someone', ...claims });
      },
    });
  }

  /** The public part of a key, as the issuer publishes it. */
  public publicKey(kid: string): Record<string, unknown> {
    return this.server.issuer.keys.toJSON().find((key) => key.kid === kid)!;
  }

  public async close(): Promise<void> {
    await this.server.stop();
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}
