import type { ErrorCode } from '@tokengrid/contracts';

const key = Symbol('refuses');

/** A list of codes that several operations share: `@Refuses(...spending)`. */
export const errorCodes = <Code extends ErrorCode>(...codes: readonly Code[]): readonly Code[] => codes;

/**
 * Lists the error codes of an operation beside those that every operation of its kind has. Their statuses and meanings are
 * in `errorMeanings` of @tokengrid/contracts.
 */
export const Refuses =
  (...codes: readonly ErrorCode[]): MethodDecorator =>
  (_target, _name, descriptor) => {
    Reflect.defineMetadata(key, codes, descriptor.value as object);
  };

/** The codes that a handler {@link Refuses} with. */
export const codesOf = (handler: object): readonly ErrorCode[] =>
  (Reflect.getMetadata(key, handler) as readonly ErrorCode[] | undefined) ?? [];
