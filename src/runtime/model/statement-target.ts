/**
 * The database of a statement, and how the Data API authenticates to it. If the user and the secret are omitted, the role of the functions
 * authenticates.
 */
export interface StatementTarget {
  readonly databaseName: string;
  readonly clusterIdentifier?: string;
  readonly workgroupName?: string;
  readonly databaseUser?: string;
  readonly secretArn?: string;
}
