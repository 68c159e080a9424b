/** An error of the service, in the shape that the SDK turns into the exception of that name. */
export class ServiceError extends Error {
  constructor(readonly type: string, message: string, readonly members: Record<string, string> = {}, readonly status = 400) {
    super(message);
    this.name = type;
  }
}

/** The input is not what the operation takes. */
export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

/** There is no such statement, at least not for this caller, or it has no result to fetch. */
export function notFoundError(message: string, id: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message, { ResourceId: id });
}
