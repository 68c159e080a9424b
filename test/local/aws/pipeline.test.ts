import * as fs from 'node:fs';
import * as path from 'node:path';
import { connect, eventually, startLocal } from './fixture/local';
import type { RunningLocalAws } from './fixture/local';
import { synthesizePingApp } from './fixture/ping-app';

let assembly: string;
let local: RunningLocalAws;

describe('pipeline', () => {
  beforeAll(async () => {
    assembly = synthesizePingApp();
    local = await startLocal(assembly);
  });

  afterAll(async () => {
    await local.aws.close();
    fs.rmSync(path.dirname(assembly), { recursive: true });
  });

  it('replies to a message through function, queue, function and post', async () => {
    const { socket, messages } = await connect(local.aws.outputs.Url);
    socket.send(JSON.stringify({ name: 'world' }));
    await eventually(() => messages.length > 0);
    expect(messages).toEqual(['hello, world']);
    expect(local.lines).toEqual([]);
    socket.close();
  });

  it('removes the items of a connection when it is closed', async () => {
    const { socket, messages } = await connect(local.aws.outputs.SecondUrl);
    socket.send(JSON.stringify({ name: 'you' }));
    await eventually(() => messages.length > 0);
    const logicalId = tableOf('Second');
    expect(await local.aws.items(logicalId)).toHaveLength(1);
    socket.close();
    await eventually(async () => (await local.aws.items(logicalId)).length === 0);
  });

  it('delivers an event only to the stack whose rule matches', async () => {
    const { socket, messages } = await connect(local.aws.outputs.Url);
    socket.send(JSON.stringify({ name: 'first' }));
    await eventually(() => messages.length === 1);
    const connectionId = connectionIds(local).at(-1);
    local.aws.putEvent({ 'source': 'ping', 'detail-type': 'Pinged', 'resources': [], 'detail': { connectionId, reply: 'Second: not for you' } });
    local.aws.putEvent({ 'source': 'ping', 'detail-type': 'Pinged', 'resources': [], 'detail': { connectionId, reply: 'First: for you' } });
    await eventually(() => messages.length === 2);
    expect(messages[1]).toBe('First: for you');
    expect(local.events.filter(({ kind }) => kind === 'event').map((event) => 'rule' in event ? event.rule.slice(0, 6) : '')).toEqual(['Second', 'FirstR']);
    socket.close();
  });

  it('serves the page with the local URL of the WebSocket API', async () => {
    const page = await fetch(local.aws.outputs.PageUrl);
    expect(await page.text()).toBe(`<p>${local.aws.outputs.Url}</p>`);
    expect(page.headers.get('content-type')).toBe('text/html');
    const config = await fetch(`${local.aws.outputs.PageUrl}/config.json`);
    expect(await config.json()).toEqual({ url: local.aws.outputs.Url });
  });

  function tableOf(instance: string): string {
    const template = JSON.parse(fs.readFileSync(path.join(assembly, 'Ping.template.json'), 'utf8')) as { Resources: Record<string, { Type: string }> };
    return Object.keys(template.Resources).find((id) => id.startsWith(`${instance}Table`))!;
  }

  function connectionIds({ events }: RunningLocalAws): string[] {
    return events.flatMap((event) => event.kind === 'connect' ? [event.connectionId] : []);
  }
});
