export * from './connection-access';
export * from './database-user';
export * from './query-parameter';
export * from './redshift-cluster';
export * from './redshift-websocket-query';
export * from './redshift-websocket-query-props';
export * from './sql-template';
