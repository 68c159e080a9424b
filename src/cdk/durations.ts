import type { Duration } from 'aws-cdk-lib';

/** A duration in seconds. Throws if it isn't an integer number of seconds, or if it is a token, whose value can't be validated. */
export function wholeSeconds(name: string, duration: Duration): number {
  const seconds = knownSeconds(name, duration);
  if (!Number.isInteger(seconds)) {
    throw new Error(`${name} is ${duration}: give an integer number of seconds`);
  }
  return seconds;
}

/** A duration in seconds. Throws if it isn't an integer number of seconds within the limits, inclusive, or if it is a token. */
export function secondsWithin(name: string, duration: Duration, min: Duration, max: Duration): number {
  const seconds = knownSeconds(name, duration);
  if (!Number.isInteger(seconds) || seconds < min.toSeconds() || seconds > max.toSeconds()) {
    throw new Error(`${name} is ${duration}: give an integer number of seconds from ${min.toHumanString()} to ${max.toHumanString()}`);
  }
  return seconds;
}

function knownSeconds(name: string, duration: Duration): number {
  if (duration.isUnresolved()) {
    throw new Error(`${name} must be known at synthesis, but is a token: write it out`);
  }
  return duration.toSeconds({ integral: false });
}
