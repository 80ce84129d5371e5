import { codesHeard, type ErrorCode, isRefusable, type RefusableCommand } from '@tokengrid/contracts';

const key = Symbol('refuses');

/**
 * Lists the commands that an operation leads to, which bring the codes that they are declared to be
 * refused with, and codes that the operation itself answers, beside those that every operation of
 * its kind has.
 */
export const Refuses = (...refusals: readonly (RefusableCommand | ErrorCode)[]): MethodDecorator => {
  const codes = refusals.flatMap((each) => (isRefusable(each) ? codesHeard(each) : [each]));
  return (_target, _name, descriptor) => {
    Reflect.defineMetadata(key, [...new Set(codes)], descriptor.value as object);
  };
};

/** Codes that a handler lists with {@link Refuses}. */
export const codesOf = (handler: object): readonly ErrorCode[] =>
  (Reflect.getMetadata(key, handler) as readonly ErrorCode[] | undefined) ?? [];
