export { useRedshiftQuery } from './use-redshift-query';
export type { RedshiftQuery, UseRedshiftQueryOptions } from './use-redshift-query';
