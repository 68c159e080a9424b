/** An event inside the local AWS. It contains no body, token or row. */
export type TraceEvent =
  | { readonly kind: 'connect'; readonly apiId: string; readonly connectionId: string; readonly statusCode: number }
  | { readonly kind: 'message'; readonly connectionId: string; readonly routeKey: string; readonly bytes: number }
  | { readonly kind: 'post'; readonly connectionId: string; readonly bytes: number; readonly statusCode: number }
  | { readonly kind: 'disconnect'; readonly connectionId: string; readonly code: number; readonly reason: string }
  | { readonly kind: 'invoke-start'; readonly function: string; readonly requestId: string; readonly coldStart: boolean }
  | { readonly kind: 'invoke-end'; readonly function: string; readonly requestId: string; readonly milliseconds: number; readonly error?: string }
  | { readonly kind: 'api-call'; readonly service: string; readonly operation: string; readonly role: string }
  | { readonly kind: 'access'; readonly allowed: boolean; readonly principal: string; readonly action: string; readonly resource: string; readonly context: Readonly<Record<string, string | readonly string[]>> }
  | { readonly kind: 'invalid-call'; readonly service: string; readonly operation: string; readonly role: string; readonly problem: string }
  | { readonly kind: 'event'; readonly rule: string; readonly detailType: string; readonly queue: string; readonly outcome: 'delivered' | 'duplicated' | 'delayed' | 'lost' }
  | { readonly kind: 'queue'; readonly action: 'send' | 'receive' | 'delete' | 'dead-letter' | 'redrive'; readonly queue: string; readonly messageId: string };

/** Receives the logs and trace events of all services. */
export interface Telemetry {
  log(line: string): void;
  trace(event: TraceEvent): void;
}
