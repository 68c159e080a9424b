/** Limits of the Data API. */
export interface RedshiftDataLimits {
  /** Requests per second and account. */
  readonly executeRate: number;
  readonly describeRate: number;
  readonly resultRate: number;
  readonly cancelRate: number;
  readonly listRate: number;
  readonly activeStatements: number;
  /** Requests that wait for the same statement. 0 rejects every wait. */
  readonly waitingRequests: number;
  readonly sqlBytes: number;
  readonly resultBytes: number;
  readonly rowBytes: number;
  /** Retention of results. */
  readonly resultMilliseconds: number;
  /** Retention of client tokens. */
  readonly clientTokenMilliseconds: number;
  /** Maximum duration of a statement. */
  readonly statementMilliseconds: number;
}

const HOUR = 3600 * 1000;

/** The limits of AWS. The value of `waitingRequests` isn't published. */
export const REDSHIFT_DATA_LIMITS: RedshiftDataLimits = {
  executeRate: 30,
  describeRate: 100,
  resultRate: 20,
  cancelRate: 3,
  listRate: 3,
  activeStatements: 500,
  waitingRequests: 5,
  sqlBytes: 100 * 1024,
  resultBytes: 500 * 1024 * 1024,
  rowBytes: 64 * 1024,
  resultMilliseconds: 24 * HOUR,
  clientTokenMilliseconds: 8 * HOUR,
  statementMilliseconds: 24 * HOUR,
};
