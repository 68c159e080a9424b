declare module 'redshift-websocket-query-definitions' {
  import type { QueryDefinitions } from '../../shared/function-settings';

  const definitions: QueryDefinitions;
  export default definitions;
}
