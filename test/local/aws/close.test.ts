import * as fs from 'node:fs';
import { CLIENT_URL, nodeFunction, removeAssemblies, webSocketApi, writeAssembly } from './fixture/assembly';
import { connect, eventually, startLocal } from './fixture/local';

describe('close', () => {
  afterAll(removeAssemblies);

  const WORK = `
  exports.handler = async ({ hang, requestContext }) => {
    console.log('started ' + process.pid);
    if (hang || requestContext) await new Promise(() => {});
    return { pid: process.pid, home: process.env.HOME };
  };`;

  const ASSEMBLY = {
    resources: { ...nodeFunction('Work', WORK, { Timeout: 60 }), ...webSocketApi({ $default: 'Work' }) },
    outputs: { client: CLIENT_URL },
  };

  function isRunning(pid: number): boolean {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }

  it('stops all processes and sockets and removes all files', async () => {
    const { aws } = await startLocal(writeAssembly(ASSEMBLY));
    const { payload } = await aws.invoke('Work', {}) as { payload: string };
    const { pid, home } = JSON.parse(payload) as { pid: number; home: string };
    const client = await connect(aws.outputs.client);
    expect([isRunning(pid), fs.existsSync(home), aws.connections()]).toEqual([true, true, 1]);
    await aws.close();
    await aws.close();
    expect((await client.ended).code).toBe(1006);
    expect([isRunning(pid), fs.existsSync(home)]).toEqual([false, false]);
    await expect(fetch(`http://127.0.0.1:${aws.port}/`)).rejects.toThrow();
    await expect(fetch(aws.endpoints.sqs)).rejects.toThrow();
  });

  it('doesn\'t wait for running functions or opening connections', async () => {
    const { aws, lines } = await startLocal(writeAssembly({ ...ASSEMBLY, resources: { ...ASSEMBLY.resources, ...webSocketApi({ $connect: 'Work' }) } }));
    const invocation = aws.invoke('Work', { hang: true });
    const connection = connect(aws.outputs.client).then(() => 'open', () => 'failed');
    await eventually(() => lines.filter((line) => line.startsWith('Work: started')).length === 2);
    const pids = lines.map((line) => Number(line.split(' ').pop()));
    await aws.close();
    expect((await invocation).error).toMatchObject({ errorType: 'Runtime.ExitError' });
    expect(await connection).toBe('failed');
    expect(pids.filter(isRunning)).toEqual([]);
    expect(await aws.invoke('Work', {})).toMatchObject({ error: { errorMessage: 'the local AWS is closed' } });
  });

  it('is complete when the start fails', async () => {
    const directory = writeAssembly(ASSEMBLY);
    const redshiftData = async () => { throw new Error('no database'); };
    const free = await startLocal(directory);
    const { port } = free.aws;
    await free.aws.close();
    await expect(startLocal(directory, { port, redshiftData })).rejects.toThrow('no database');
    const { aws } = await startLocal(directory, { port });
    expect(aws.port).toBe(port);
    await aws.close();
  });
});
