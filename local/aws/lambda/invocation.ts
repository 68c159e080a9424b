/** An error as Lambda reports it to whoever invoked the function. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** How an invocation ended: with a JSON payload, or with an error. */
export type InvocationResult = { readonly payload: string; readonly error?: undefined } | { readonly error: FunctionError };

/** Runs a function of the stack, by its ARN. */
export type Invoke = (functionArn: string, event: unknown) => Promise<InvocationResult>;
