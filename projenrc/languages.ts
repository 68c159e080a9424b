import { cdk } from 'projen';

/** The packages of the construct library in other languages, which jsii generates. */
export const LANGUAGES = {
  publishToPypi: {
    distName: 'cdk-redshift-websocket-query',
    module: 'cdk_redshift_websocket_query',
    trustedPublishing: true,
  },
  publishToMaven: {
    javaPackage: 'io.github.cdkredshiftwebsocketquery',
    mavenGroupId: 'io.github.cdk-redshift-websocket-query',
    mavenArtifactId: 'cdk-redshift-websocket-query',
  },
  publishToNuget: {
    dotNetNamespace: 'CdkRedshiftWebSocketQuery',
    packageId: 'CdkRedshiftWebSocketQuery',
    trustedPublishing: true,
  },
  publishToGo: {
    moduleName: 'github.com/cdk-redshift-websocket-query/cdk-redshift-websocket-query-go',
    // A deploy key can write to this repository only.
    githubUseSsh: true,
  },
} satisfies Partial<cdk.JsiiProjectOptions>;
