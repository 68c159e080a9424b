// The queries that can be asked, and their parameters. Made by RedshiftWebSocketQuery; do not edit.
export interface Queries {
  'default': { parameters: { 'trip_month': string } };
  'by_hour': { parameters: { 'day': string } };
}
