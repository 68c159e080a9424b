declare module 'redshift-websocket-query-definitions' {
  import type { QueryDefinitions } from '../../shared/query-definitions';

  const definitions: QueryDefinitions;
  export default definitions;
}
