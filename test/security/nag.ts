import { Aspects } from 'aws-cdk-lib';
import type { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import type { INagLogger, NagLoggerNonComplianceData } from 'cdk-nag';

/** Something that cdk-nag has found fault with. */
export interface Finding {
  /** Such as `AwsSolutions-IAM5`. */
  readonly rule: string;
  /** The stack, which is the name of the variant. */
  readonly variant: string;
  /** The path of the resource in the stack. */
  readonly resource: string;
  /** The detail that the rule names, such as `Resource::*`; empty if there is none. */
  readonly detail: string;
}

const PACKS = [AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks];

/** Has cdk-nag look at everything in an app, once it is synthesized; errors, warnings and rules that fail are all findings. */
export function addNag(app: App): readonly Finding[] {
  const findings: Finding[] = [];
  const addFinding = ({ ruleId: rule, resource }: Pick<NagLoggerNonComplianceData, 'ruleId' | 'resource'>, detail: string) => {
    const [variant, ...path] = resource.node.path.split('/');
    findings.push({ rule, variant, resource: path.join('/').replace(/\/Resource$/, ''), detail });
  };
  const ignore = () => undefined;
  const logger: INagLogger = {
    onCompliance: ignore,
    onNotApplicable: ignore,
    onNonCompliance: (data) => addFinding(data, data.findingId),
    onError: (data) => addFinding(data, data.errorMessage),
    // A suppressed finding in a template is a finding too: nothing here suppresses any.
    onSuppressed: (data) => addFinding(data, 'suppressed'),
    onSuppressedError: (data) => addFinding(data, 'suppressed'),
  };
  PACKS.forEach((Pack) => Aspects.of(app).add(new Pack({ reports: false, additionalLoggers: [logger] })));
  return findings;
}
