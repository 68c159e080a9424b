// Bundlers for browsers resolve the package to this file. They print the name of a module that they can't resolve, so the name is the error message.
export * from 'cdk-redshift-websocket-query does not run in browsers: import redshift-websocket-client instead';
export { default } from 'cdk-redshift-websocket-query does not run in browsers: import redshift-websocket-client instead';
