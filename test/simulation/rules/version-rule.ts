import { isDeepStrictEqual } from 'node:util';
import type { QueryLimits } from '../../../src/protocol/messages';
import type { ClientQuery } from '../client/client-query';
import type { Version } from '../scenario/deployments';
import { definitionOf } from '../scenario/query-requests';
import type { Statement } from '../services/simulated-redshift';

/** Why the limits that a client receives are not those of the version that accepted its query; undefined when they are. */
export function whyOtherLimits({ version }: ClientQuery, limits: QueryLimits | undefined): string | undefined {
  if (version === undefined || limits === undefined) {
    return undefined;
  }
  const { timeoutSeconds, maxRows, maxResultBytes } = version.settings;
  const expected: QueryLimits = {
    timeLimitMs: timeoutSeconds * 1000,
    ...(maxRows === undefined ? {} : { rows: maxRows }),
    ...(maxResultBytes === undefined ? {} : { bytes: maxResultBytes }),
  };
  return isDeepStrictEqual(limits, expected) ? undefined : `has the limits ${JSON.stringify(limits)} and not ${JSON.stringify(expected)}`;
}

/** Why a statement is not what the version that accepted a query runs for it; undefined where it is. */
export function whyOtherStatement({ version, submission }: ClientQuery, statement: Statement | undefined): string | undefined {
  const definition = version && definitionOf(submission.queryRequest, version);
  if (version === undefined || statement === undefined) {
    return undefined;
  }
  const isSame = statement.sql === definition?.sql && isDeepStrictEqual(statement.target, version.target);
  return isSame ? undefined : `has rows of ${statement.sql} in ${statement.target?.databaseName}, not ${definition?.sql} in ${version.target.databaseName}`;
}

/** Whether a version does not define a query or a parameter that a client for another version sends. */
export function isUnknownTo(version: Version | undefined, { submission }: ClientQuery, others: readonly Version[]): boolean {
  const definition = version && definitionOf(submission.queryRequest, version);
  return version !== undefined && others.some((other) => {
    const otherDefinition = definitionOf(submission.queryRequest, other);
    return !isDeepStrictEqual(definition?.parameters, otherDefinition?.parameters);
  });
}
