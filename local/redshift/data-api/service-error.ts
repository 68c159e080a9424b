/** An error response. The AWS SDK throws an exception of this type. */
export class ServiceError extends Error {
  constructor(readonly type: string, message: string, readonly members: Record<string, string> = {}, readonly status = 400) {
    super(message);
    this.name = type;
  }
}

/** The input is invalid. */
export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

/** The statement doesn't exist, belongs to another role, or has no result. */
export function notFoundError(message: string, id: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message, { ResourceId: id });
}
