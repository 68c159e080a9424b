// The queries that can be asked, and their parameters. Made by RedshiftWebSocketQuery; do not edit.
export interface Queries {
  'by_hour': { parameters: { 'day': string } };
  'default': { parameters: { 'trip_month': string } };
}
