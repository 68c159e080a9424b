/** An error of an invocation. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** Result of an invocation: a JSON payload or an error. */
export type InvocationResult = { readonly payload: string; readonly error?: undefined } | { readonly error: FunctionError };

/** Invokes a function by ARN. */
export type Invoke = (functionArn: string, event: unknown) => Promise<InvocationResult>;
