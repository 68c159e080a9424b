/** A required permission: an action on a resource, as in the Service Authorization Reference. */
export interface Access {
  /** Such as `sqs:SendMessage`. */
  readonly action: string;
  /** ARN, or * if the action doesn't support resources. */
  readonly resource: string;
  /** Condition keys in addition to the global condition keys. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/** A request that IAM evaluates. */
export interface AccessRequest extends Access {
  /** ARN of an assumed role or user, or a service principal. */
  readonly principal: string;
}

/** Result of the evaluation. */
export interface Decision {
  readonly allowed: boolean;
  /** Error message of AWS if the request is denied. */
  readonly reason: string;
}
