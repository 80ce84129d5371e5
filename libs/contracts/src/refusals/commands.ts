import type { DomainEvent } from '@tokengrid/kernel';
import { z } from 'zod';
import type { commonCodes } from './common.ts';

/**
 * Codes by command, in order of precedence. A code about a limit has an entry for each limit, as in
 * `WALLET.LIMIT_EXCEEDED daily`.
 */
export type Refusals<Code extends string> = Readonly<Record<string, readonly Entry<Code | keyof typeof commonCodes>[]>>;

type Entry<Code extends string> = Code | `${Code} ${string}`;

/** Code of an entry, without the limit that it may name. */
export type CodeOfEntry<E extends string> = E extends `${infer Code} ${string}` ? Code : E;

/** Codes that a command (or each of several) is refused with. */
export type CodesOf<R extends Readonly<Record<string, readonly string[]>>, Command extends keyof R> = CodeOfEntry<
  R[Command][number]
>;

/** Code of an entry, without the limit that it may name. */
export const codeOfEntry = <E extends string>(entry: E): CodeOfEntry<E> => entry.split(' ', 1)[0] as CodeOfEntry<E>;

/** Schema of the code in an event of several commands: any code that these are refused with. */
export function codesOf<const R extends Readonly<Record<string, readonly string[]>>, Command extends keyof R>(
  refusals: R,
  ...commands: readonly Command[]
) {
  const codes = new Set(commands.flatMap((command) => refusals[command]!.map((entry) => codeOfEntry(entry))));
  return z.enum([...codes] as [CodesOf<R, Command>]);
}

/**
 * Events that a command may state: a code in them is one that the command is refused with. A
 * decision with another code does not compile.
 */
export type StatedBy<E extends DomainEvent, Code extends string> = E extends {
  readonly data: { readonly code: infer Known };
}
  ? [Extract<Known, Code>] extends [never]
    ? never
    : E & { readonly data: { readonly code: Code } }
  : E;
