declare module 'redshift-websocket-query-definitions' {
  import type { QueryDefinitions } from '../function-settings';

  const definitions: QueryDefinitions;
  export default definitions;
}
