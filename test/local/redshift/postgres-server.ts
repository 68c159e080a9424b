import { execFile } from 'child_process';
import * as fs from 'fs';
import * as net from 'net';
import * as os from 'os';
import * as path from 'path';
import { promisify } from 'util';

const run = promisify(execFile);
const INSTALLATIONS = '/usr/lib/postgresql';

/** The programs of the newest PostgreSQL server on this machine, if there is one. */
export function postgresPrograms(): string | undefined {
  if (!fs.existsSync(INSTALLATIONS)) return undefined;
  const versions = fs.readdirSync(INSTALLATIONS).filter((name) => /^\d+$/.test(name)).sort((one, other) => Number(other) - Number(one));
  return versions.map((version) => path.join(INSTALLATIONS, version, 'bin')).find((bin) => fs.existsSync(path.join(bin, 'initdb')));
}

/** A PostgreSQL server of the test's own, on a free port of 127.0.0.1. */
export class PostgresServer {
  public static async start(programs: string): Promise<PostgresServer> {
    const directory = await fs.promises.mkdtemp(path.join(os.tmpdir(), 'redshift-postgres-'));
    if (isRoot()) await run('chown', ['postgres', directory]);
    const server = new PostgresServer(programs, directory, await freePort());
    await server.program('initdb', ['--pgdata', server.data, '--username', 'test', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C', '--no-sync']);
    // A long statement continues when its test is killed, and must not fill the disk.
    await server.program('pg_ctl', ['start', '--wait', '--pgdata', server.data, '--log', path.join(directory, 'log'), '--options',
      `-c listen_addresses=127.0.0.1 -c port=${server.port} -c unix_socket_directories= -c fsync=off -c temp_file_limit=1GB`]);
    return server;
  }

  public readonly url: string;
  private readonly data: string;

  private constructor(private readonly programs: string, private readonly directory: string, private readonly port: number) {
    this.data = path.join(directory, 'data');
    this.url = `postgres://test@127.0.0.1:${port}/postgres`;
  }

  public async stop(): Promise<void> {
    await this.program('pg_ctl', ['stop', '--wait', '--mode', 'immediate', '--pgdata', this.data]);
    await fs.promises.rm(this.directory, { recursive: true, force: true });
  }

  /** PostgreSQL does not run as root. */
  private async program(name: string, options: string[]): Promise<void> {
    const file = path.join(this.programs, name);
    const [command, ...rest] = isRoot() ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', file, ...options] : [file, ...options];
    await run(command, rest, { cwd: this.directory });
  }
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
