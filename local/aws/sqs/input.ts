import { AwsError } from '../http';

/** Refuses members of a call that the emulation would not act on. */
export function refuseMembers(rest: object): void {
  const [member] = Object.entries(rest).filter(([, value]) => value !== undefined).map(([name]) => name);
  if (member !== undefined) {
    throw unsupported(`the member ${member}`);
  }
}

/** A member that is a whole number within bounds. */
export function wholeNumber(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) {
    return value;
  }
  throw invalidParameter(`${name} is ${String(value)}, but must be a whole number from ${least} to ${most}`);
}

export function invalidParameter(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message, 400, 'InvalidParameterValue');
}

export function unsupported(what: string): AwsError {
  return new AwsError('UnsupportedOperation', `${what} is not supported by the local AWS`, 400, 'AWS.SimpleQueueService.UnsupportedOperation');
}
