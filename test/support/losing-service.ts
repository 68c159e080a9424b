import * as http from 'node:http';
import type { RunningService } from '../../local/aws';
import { closeServer, listen, LOOPBACK, readBody } from '../../local/loopback';

/** Stands before a service, and loses answers: the call has had effect, but its caller never learns of it. */
export class LosingService implements RunningService {
  /** Starts before a service, which is closed with it. */
  public static async start(service: RunningService): Promise<LosingService> {
    const losing = new LosingService(service);
    losing.port = await listen(losing.server);
    return losing;
  }

  /** How many of the next answers are lost. */
  public toLose = 0;

  private port = 0;
  private readonly server = http.createServer(async (request, response) => {
    const answer = await fetch(this.service.endpoint + request.url, {
      method: request.method,
      headers: request.headers as Record<string, string>,
      body: await readBody(request),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    if (this.toLose > 0) {
      this.toLose -= 1;
      response.destroy();
    } else {
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type')! }).end(body);
    }
  });

  private constructor(private readonly service: RunningService) {}

  public get endpoint(): string {
    return `http://${LOOPBACK}:${this.port}`;
  }

  public async close(): Promise<void> {
    await closeServer(this.server);
    await this.service.close();
  }
}
