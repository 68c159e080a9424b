import type { NetworkEvents } from './web-socket';

/** Hears of the network while somebody wants to. */
export class NetworkWatch {
  private isWatching = false;

  constructor(private readonly events: NetworkEvents | undefined, private readonly online: () => void, private readonly offline: () => void) {}

  public start(): void {
    if (!this.isWatching) {
      this.isWatching = true;
      this.events?.addEventListener('online', this.online);
      this.events?.addEventListener('offline', this.offline);
    }
  }

  public stop(): void {
    this.isWatching = false;
    this.events?.removeEventListener('online', this.online);
    this.events?.removeEventListener('offline', this.offline);
  }
}
