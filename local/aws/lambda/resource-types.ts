import { arn, IGNORED_TAGS, named } from '../template/resource-type';
import type { ResourceTypes } from '../template/resource-type';

/** The resource types of AWS Lambda. */
export const LAMBDA_TYPES: ResourceTypes = {
  'AWS::Lambda::Function': {
    supported: ['Code.S3Bucket', 'Code.S3Key', 'Code.ZipFile', 'Environment.Variables', 'FunctionName', 'Handler', 'Layers',
      'LoggingConfig.LogGroup', 'MemorySize', 'PackageType', 'ReservedConcurrentExecutions', 'Role', 'Runtime', 'Timeout',
      'VpcConfig.SecurityGroupIds', 'VpcConfig.SubnetIds'],
    ignored: {
      ...IGNORED_TAGS,
      'Architectures': 'functions run on the processor of this machine',
      'Description': 'informational',
      'EphemeralStorage': 'functions use the disk of this machine',
      'KmsKeyArn': 'data is not encrypted',
      'LoggingConfig.ApplicationLogLevel': 'all log lines are printed',
      'LoggingConfig.LogFormat': 'log lines are printed without changes',
      'LoggingConfig.SystemLogLevel': 'all log lines are printed',
      'RecursiveLoop': 'loops are not detected',
      'RuntimeManagementConfig': 'functions run on the Node.js that runs the local AWS',
      'TracingConfig': 'traces are not collected',
    },
    values: { PackageType: ['Zip'] },
    ref: named('FunctionName'),
    attributes: { Arn: (lambda) => arn(lambda, 'lambda', `function:${named('FunctionName')(lambda)}`) },
  },
  'AWS::Lambda::LayerVersion': {
    supported: ['Content.S3Bucket', 'Content.S3Key', 'LayerName'],
    ignored: {
      CompatibleArchitectures: 'informational',
      CompatibleRuntimes: 'informational',
      Description: 'informational',
      LicenseInfo: 'informational',
    },
    ref: (layer) => arn(layer, 'lambda', `layer:${named('LayerName')(layer)}:1`),
    attributes: { LayerVersionArn: (layer) => arn(layer, 'lambda', `layer:${named('LayerName')(layer)}:1`) },
  },
  'AWS::Lambda::Permission': {
    supported: ['Action', 'FunctionName', 'Principal', 'SourceArn'],
    ignored: { SourceAccount: 'there is one account' },
    values: { Action: ['lambda:InvokeFunction', 'lambda:*'] },
    ref: ({ generatedName }) => generatedName,
    attributes: { Id: ({ generatedName }) => generatedName },
  },
  'AWS::Lambda::EventSourceMapping': {
    supported: ['BatchSize', 'Enabled', 'EventSourceArn', 'FunctionName', 'FunctionResponseTypes', 'MaximumBatchingWindowInSeconds', 'ScalingConfig.MaximumConcurrency'],
    ignored: { ...IGNORED_TAGS, KmsKeyArn: 'data is not encrypted', MetricsConfig: 'metrics are not collected' },
    ref: ({ generatedId }) => generatedId(32),
    attributes: { Id: ({ generatedId }) => generatedId(32) },
  },
};
