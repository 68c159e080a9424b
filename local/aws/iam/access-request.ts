/** What a call needs: an action on a resource, as the Service Authorization Reference has them. */
export interface Access {
  /** Such as `sqs:SendMessage`. */
  readonly action: string;
  /** An ARN, or * where the action knows no resources. */
  readonly resource: string;
  /** Condition keys beside those that every request has. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** What IAM decides about. */
export interface AccessRequest extends Access {
  /** The ARN of an assumed role or of a user, or the name of a service. */
  readonly principal: string;
}

/** What IAM has decided. */
export interface Decision {
  readonly allowed: boolean;
  /** Why not, in the words of AWS. */
  readonly reason: string;
}
