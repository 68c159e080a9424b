import { API_GATEWAY_TYPES } from './api-gateway/resource-types';
import { cognitoTypes } from './cognito/resource-types';
import { DYNAMODB_TYPES } from './dynamodb/resource-types';
import { EVENT_BRIDGE_TYPES } from './event-bridge/resource-types';
import { KMS_TYPES } from './kms/resource-types';
import { LAMBDA_TYPES } from './lambda/resource-types';
import { S3_CLOUDFRONT_TYPES } from './s3-cloudfront/resource-types';
import { SQS_TYPES } from './sqs/resource-types';
import { PASSIVE_TYPES } from './template/passive-types';
import type { ResourceTypes } from './template/resource-type';

/** All supported resource types. User pools require the URL of an issuer that replaces them. */
export function resourceTypes(userPoolProviderUrl?: string): ResourceTypes {
  return {
    ...API_GATEWAY_TYPES,
    ...cognitoTypes(userPoolProviderUrl),
    ...DYNAMODB_TYPES,
    ...EVENT_BRIDGE_TYPES,
    ...KMS_TYPES,
    ...LAMBDA_TYPES,
    ...S3_CLOUDFRONT_TYPES,
    ...SQS_TYPES,
    ...PASSIVE_TYPES,
  };
}

/** All resource types without user pools. */
export const RESOURCE_TYPES = resourceTypes();
