/** Finds the queries whose messages API Gateway could not deliver: it reports that it lost a message of a connection, but not which one. */
export class LostMessageDetector<Sender> {
  private readonly suspects = new Set<Sender>();
  private lostCount = 0;
  private reason = '';

  constructor(private readonly onLost: (sender: Sender, reason: string) => void) {}

  /** Handles the loss of a message of one of these senders. */
  public report(senders: readonly Sender[], reason: string): void {
    senders.forEach((sender) => this.suspects.add(sender));
    this.lostCount += 1;
    this.reason = reason;
    this.eliminate();
  }

  /** Handles a response, which proves that the message of the sender was not lost. */
  public confirm(sender: Sender): void {
    if (this.suspects.delete(sender)) {
      this.eliminate();
    }
  }

  public clear(): void {
    this.suspects.clear();
    this.lostCount = 0;
  }

  /** When as many suspects remain as messages were lost, the messages of all suspects were lost. */
  private eliminate(): void {
    if (this.suspects.size <= this.lostCount) {
      const found = [...this.suspects];
      this.clear();
      found.forEach((sender) => this.onLost(sender, this.reason));
    }
  }
}
