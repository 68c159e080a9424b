import { planApis } from './api-gateway/api-plan';
import type { ApiPlan } from './api-gateway/api-plan';
import { planTables } from './dynamodb/table-plan';
import type { TablePlan } from './dynamodb/table-plan';
import { planRules } from './event-bridge/rule-plan';
import type { RulePlan } from './event-bridge/rule-plan';
import type { AccessRequest } from './iam/access-request';
import { Authorizer } from './iam/authorizer';
import { planPrincipals } from './iam/principals';
import type { Principal } from './iam/principals';
import { readPolicies } from './iam/stack-policies';
import { authorizeAll } from './iam/traced-authorizer';
import { keyRequests, readCustomerKeys } from './kms/customer-keys';
import type { CustomerKeys } from './kms/customer-keys';
import { planFunctions } from './lambda/function-plan';
import type { FunctionPlan } from './lambda/function-plan';
import { planDeployments } from './s3-cloudfront/bucket-deployment';
import type { DeploymentPlan } from './s3-cloudfront/bucket-deployment';
import { planBuckets } from './s3-cloudfront/bucket-plan';
import type { BucketPlan } from './s3-cloudfront/bucket-plan';
import { planDistribution } from './s3-cloudfront/distribution-plan';
import type { DistributionPlan } from './s3-cloudfront/distribution-plan';
import { planMappings } from './sqs/mapping-plan';
import type { MappingPlan } from './sqs/mapping-plan';
import { planQueues } from './sqs/queue-plan';
import type { QueuePlan } from './sqs/queue-plan';
import type { Stack } from './template/stack';

/** The resources of a stack. */
export interface StackPlan {
  readonly apis: readonly ApiPlan[];
  /** Evaluates the policies. */
  readonly authorizer: Authorizer;
  readonly buckets: readonly BucketPlan[];
  readonly deployments: readonly DeploymentPlan[];
  readonly distribution?: DistributionPlan;
  readonly functions: readonly FunctionPlan[];
  /** The KMS keys of the resources. */
  readonly keys: CustomerKeys;
  readonly mappings: readonly MappingPlan[];
  /** The roles and users. */
  readonly principals: readonly Principal[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly queues: readonly QueuePlan[];
  readonly rules: readonly RulePlan[];
  readonly tables: readonly TablePlan[];
}

/** Reads all resources of the stack. Throws one error that lists all problems. */
export async function planStack(stack: Stack): Promise<StackPlan> {
  const authorizer = new Authorizer(readPolicies(stack), stack.environment);
  const keys = readCustomerKeys(stack);
  const functions = planFunctions(stack);
  const queues = planQueues(stack);
  const plan = {
    apis: planApis(stack, functions),
    authorizer,
    buckets: planBuckets(stack),
    deployments: planDeployments(stack),
    distribution: planDistribution(stack),
    functions,
    keys,
    mappings: planMappings(stack, queues, functions),
    principals: planPrincipals(stack),
    outputs: stack.outputs(),
    queues,
    rules: planRules(stack, queues),
    tables: planTables(stack),
  };
  const decide = async (request: AccessRequest) => authorizer.decide(request);
  await stack.checkRequirements(async (request) => authorizeAll([request, ...keyRequests(request, keys, stack.environment)], decide));
  stack.throwProblems();
  return plan;
}
