/** Finds out whose message API Gateway could not handle: it reports that it was one of a connection's, but not which. */
export class LostMessages<Sender> {
  private readonly suspects = new Set<Sender>();
  private lost = 0;
  private reason = '';

  constructor(private readonly onLost: (sender: Sender, reason: string) => void) {}

  /** One more message was lost, of one of these senders. */
  public report(senders: readonly Sender[], reason: string): void {
    senders.forEach((sender) => this.suspects.add(sender));
    this.lost += 1;
    this.reason = reason;
    this.eliminate();
  }

  /** A message was not lost, because it was answered. */
  public answered(sender: Sender): void {
    if (this.suspects.delete(sender)) {
      this.eliminate();
    }
  }

  public clear(): void {
    this.suspects.clear();
    this.lost = 0;
  }

  /** As many senders are left as messages were lost: theirs were. */
  private eliminate(): void {
    if (this.suspects.size <= this.lost) {
      const found = [...this.suspects];
      this.clear();
      found.forEach((sender) => this.onLost(sender, this.reason));
    }
  }
}
