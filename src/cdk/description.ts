import type { IConstruct } from 'constructs';

/**
 * Maximum number of characters that every service with a description accepts; that of a security group is the shortest.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
 */
const MAX_CHARACTERS = 255;

/** Characters that a description of a security group must not contain; the other services accept more. */
const REJECTED_CHARACTERS = /[^a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]/gu;

/**
 * A description with the path of a construct that IAM, Amazon EC2, API Gateway and EventBridge accept, whatever the ids in the path are: a
 * rejected character becomes an underscore, and a long path loses its beginning.
 */
export function descriptionOf(before: string, { node: { path } }: IConstruct, after = ''): string {
  const accepted = path.replace(REJECTED_CHARACTERS, '_');
  const room = MAX_CHARACTERS - before.length - after.length;
  return `${before}${accepted.length > room ? `...${accepted.slice(3 - room)}` : accepted}${after}`;
}
