import { AwsError } from '../http';

/** Throws if an input has unsupported members. */
export function checkMembers(rest: object): void {
  const [member] = Object.entries(rest).filter(([, value]) => value !== undefined).map(([name]) => name);
  if (member !== undefined) {
    throw unsupported(`the member ${member}`);
  }
}

/** Checks an integer member. Throws if it is out of range. */
export function integer(name: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  throw invalidParameter(`${name} is ${String(value)}, but must be an integer from ${min} to ${max}.`);
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message, 400, 'InvalidParameterValue');
}

export function unsupported(feature: string): AwsError {
  return new AwsError('UnsupportedOperation', `${feature} is not supported by the local AWS`, 400, 'AWS.SimpleQueueService.UnsupportedOperation');
}
