import type { NetworkEvents } from './web-socket';

/** Listens for browser events after which an open connection can be lost without a `close` event. */
export class NetworkMonitor {
  private isStarted = false;
  private readonly listeners: readonly (readonly [Parameters<NetworkEvents['addEventListener']>[0], () => void])[];

  constructor(private readonly events: NetworkEvents | undefined, online: () => void, offline: () => void) {
    this.listeners = [
      ['online', online],
      ['offline', offline],
      // Timers stop on a locked phone or a sleeping computer, and no event reports that its connections are lost.
      ['visibilitychange', () => isHidden() || online()],
      // A page that is shown for the first time has no connection to check.
      ['pageshow', (event?: { readonly persisted?: boolean }) => event?.persisted === false || online()],
    ];
  }

  public start(): void {
    if (!this.isStarted) {
      this.isStarted = true;
      this.listeners.forEach(([type, listener]) => this.events?.addEventListener(type, listener));
    }
  }

  public stop(): void {
    this.isStarted = false;
    this.listeners.forEach(([type, listener]) => this.events?.removeEventListener(type, listener));
  }
}

function isHidden(): boolean {
  return (globalThis as { readonly document?: { readonly visibilityState?: string } }).document?.visibilityState === 'hidden';
}
