import type { NetworkEvents } from './web-socket';

/** Watches, while it is started, for events after which an open connection may be dead. */
export class NetworkWatch {
  private isWatching = false;
  private readonly listeners: readonly (readonly [Parameters<NetworkEvents['addEventListener']>[0], () => void])[];

  constructor(private readonly events: NetworkEvents | undefined, online: () => void, offline: () => void) {
    this.listeners = [
      ['online', online],
      ['offline', offline],
      // A locked telephone or a sleeping computer has no timers, and no event tells that its connections are gone.
      ['visibilitychange', () => isHidden() || online()],
      // A page that is shown for the first time has no connection to check.
      ['pageshow', (event?: { readonly persisted?: boolean }) => event?.persisted === false || online()],
    ];
  }

  public start(): void {
    if (!this.isWatching) {
      this.isWatching = true;
      this.listeners.forEach(([type, listener]) => this.events?.addEventListener(type, listener));
    }
  }

  public stop(): void {
    this.isWatching = false;
    this.listeners.forEach(([type, listener]) => this.events?.removeEventListener(type, listener));
  }
}

function isHidden(): boolean {
  return (globalThis as { readonly document?: { readonly visibilityState?: string } }).document?.visibilityState === 'hidden';
}
