import { arn, HARMLESS_TAGS, named } from '../template/resource-type';
import type { ResourceTypes } from '../template/resource-type';

/** The resource types of AWS Lambda. */
export const LAMBDA_TYPES: ResourceTypes = {
  'AWS::Lambda::Function': {
    honoured: ['Code.S3Bucket', 'Code.S3Key', 'Code.ZipFile', 'Environment.Variables', 'FunctionName', 'Handler', 'Layers',
      'LoggingConfig.LogGroup', 'MemorySize', 'PackageType', 'ReservedConcurrentExecutions', 'Role', 'Runtime', 'Timeout',
      'VpcConfig.SecurityGroupIds', 'VpcConfig.SubnetIds'],
    harmless: {
      ...HARMLESS_TAGS,
      'Architectures': 'functions run on the processor that is there',
      'Description': 'for people',
      'EphemeralStorage': 'the disk is the disk of this machine',
      'KmsKeyArn': 'nothing is stored that could be encrypted',
      'LoggingConfig.ApplicationLogLevel': 'every log line is shown',
      'LoggingConfig.LogFormat': 'log lines are shown as they are',
      'LoggingConfig.SystemLogLevel': 'every log line is shown',
      'RecursiveLoop': 'loops are not looked for',
      'RuntimeManagementConfig': 'functions run on the Node.js that runs the local AWS',
      'TracingConfig': 'traces are not collected',
    },
    values: { PackageType: ['Zip'] },
    ref: named('FunctionName'),
    attributes: { Arn: (lambda) => arn(lambda, 'lambda', `function:${named('FunctionName')(lambda)}`) },
  },
  'AWS::Lambda::LayerVersion': {
    honoured: ['Content.S3Bucket', 'Content.S3Key', 'LayerName'],
    harmless: {
      CompatibleArchitectures: 'only a hint',
      CompatibleRuntimes: 'only a hint',
      Description: 'for people',
      LicenseInfo: 'for people',
    },
    ref: (layer) => arn(layer, 'lambda', `layer:${named('LayerName')(layer)}:1`),
    attributes: { LayerVersionArn: (layer) => arn(layer, 'lambda', `layer:${named('LayerName')(layer)}:1`) },
  },
  'AWS::Lambda::Permission': {
    honoured: ['Action', 'FunctionName', 'Principal', 'SourceArn'],
    harmless: { SourceAccount: 'there is one account' },
    values: { Action: ['lambda:InvokeFunction', 'lambda:*'] },
    ref: ({ generatedName }) => generatedName,
    attributes: { Id: ({ generatedName }) => generatedName },
  },
  'AWS::Lambda::EventSourceMapping': {
    honoured: ['BatchSize', 'Enabled', 'EventSourceArn', 'FunctionName', 'FunctionResponseTypes', 'MaximumBatchingWindowInSeconds', 'ScalingConfig.MaximumConcurrency'],
    harmless: { ...HARMLESS_TAGS, KmsKeyArn: 'nothing is stored that could be encrypted', MetricsConfig: 'metrics are not collected' },
    ref: ({ generatedId }) => generatedId(32),
    attributes: { Id: ({ generatedId }) => generatedId(32) },
  },
};
