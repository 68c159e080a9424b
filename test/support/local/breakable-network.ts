import * as net from 'node:net';
import { LOOPBACK } from '../../../local/loopback';

/** What becomes of the connections that are made, one after the other. */
export interface Break {
  /** After so many bytes of the server. */
  readonly afterBytes: number;
  /** Whether the connection is cut, or stays and carries nothing any more. */
  readonly how: 'cut' | 'freeze';
}

/** Stands between a browser and a port of this machine, and breaks connections as a bad network does. */
export class BreakableNetwork {
  public static async before(port: number): Promise<BreakableNetwork> {
    const network = new BreakableNetwork(port);
    await new Promise<void>((resolve) => network.server.listen(0, LOOPBACK, resolve));
    return network;
  }

  /** How the connections have been broken so far. */
  public readonly broken: Break['how'][] = [];
  private readonly breaks: Break[] = [];
  private readonly sockets = new Set<net.Socket>();
  private readonly connections: (readonly [browser: net.Socket, server: net.Socket])[] = [];
  private readonly server = net.createServer((socket) => this.carry(socket));

  private constructor(private readonly behind: number) {}

  public get port(): number {
    return (this.server.address() as net.AddressInfo).port;
  }

  /** Breaks the next connections, each as given; later connections are not broken. */
  public breakNext(...breaks: readonly Break[]): void {
    this.breaks.push(...breaks);
  }

  /** Freezes the connections that are open now. */
  public freeze(): void {
    this.connections.splice(0).forEach(([browser, server]) => this.break('freeze', browser, server));
  }

  public async close(): Promise<void> {
    this.sockets.forEach((socket) => socket.destroy());
    await new Promise((resolve) => this.server.close(resolve));
  }

  private carry(browser: net.Socket): void {
    const server = net.connect(this.behind, LOOPBACK);
    const planned = this.breaks.shift();
    let bytes = 0;
    this.connections.push([browser, server]);
    for (const [from, to] of [[browser, server], [server, browser]]) {
      this.sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
    browser.on('data', (chunk) => server.write(chunk));
    server.on('data', (chunk) => {
      bytes += chunk.length;
      if (planned !== undefined && bytes >= planned.afterBytes) {
        this.break(planned.how, browser, server);
      } else {
        browser.write(chunk);
      }
    });
  }

  private break(how: Break['how'], browser: net.Socket, server: net.Socket): void {
    this.broken.push(how);
    if (how === 'cut') {
      browser.destroy();
    } else {
      [browser, server].forEach((socket) => socket.removeAllListeners('data').pause());
    }
  }
}
