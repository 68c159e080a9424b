/** Services that the functions call. */
export type Service = 'dynamodb' | 'sqs' | 'connections' | 'redshift-data' | 's3' | 'parameter-store';

/** Fixed latencies, in milliseconds. */
export interface Latencies extends Readonly<Record<Service, number>> {
  /** From the end of a statement to the start of a warm function. */
  readonly 'event': number;
  /** Minimum duration of the initialization of a function. */
  readonly 'cold-start': number;
}

export const DEFAULT_LATENCIES: Latencies = {
  'dynamodb': 5,
  'sqs': 10,
  'connections': 15,
  'redshift-data': 25,
  's3': 10,
  'parameter-store': 10,
  'event': 150,
  'cold-start': 300,
};

export const LATENCY_NAMES = Object.keys(DEFAULT_LATENCIES) as (keyof Latencies)[];
