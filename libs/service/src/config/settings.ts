import { z } from 'zod';
import { timeZoneNamed } from '../calendar.ts';

/** Environment variable of a setting: `answerTimeoutMs` is `ANSWER_TIMEOUT_MS`. */
export function variableOf(setting: string): string {
  return setting.replace(/[A-Z]/g, '_$&').toUpperCase();
}

/** A whole number from the environment; the setting's name ends with its unit. */
export function wholeNumber(least: number, most: number) {
  const expected = `a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, expected)
    .transform(Number)
    .refine((value) => value >= least && value <= most, expected);
}

/** A share, from 0 to 1. */
export function ratio() {
  return z
    .string()
    .regex(/^(0(\.\d{1,9})?|1(\.0{1,9})?)$/, 'a number from 0 to 1')
    .transform(Number);
}

/** A TCP port; 0 lets the system choose. */
export const port = () => wholeNumber(0, 65_535);

/** A setting that is never shown, neither in logs nor in error messages. */
export function secret(leastCharacters: number) {
  return z.string().min(leastCharacters, `at least ${leastCharacters} characters`).meta({ secret: true });
}

/**
 * Comma-separated secrets, such as keys of which the first is in use and the others are still
 * accepted.
 */
export function secrets(leastCharacters: number) {
  const expected = `keys of at least ${leastCharacters} characters, separated by commas`;
  return z
    .string()
    .transform((list) => list.split(','))
    .refine((keys) => keys.every((key) => key.length >= leastCharacters), expected)
    .meta({ secret: true });
}

/** A comma-separated list of at least one `host:port`. */
export const addresses = () =>
  z
    .string()
    .regex(/^[^\s,:]+:\d+(,[^\s,:]+:\d+)*$/, 'host:port, or several separated by commas')
    .transform((list) => list.split(','));

/**
 * Origins that apps and models may have although they are no public https addresses: servers of a
 * development machine. The registry takes them, and the gateway connects to them.
 */
export const allowedEndpoints = () =>
  z
    .string()
    .regex(
      /^(\*|https?:\/\/[^\s,/]+(,https?:\/\/[^\s,/]+)*)$/,
      'origins such as http://127.0.0.1:8091, separated by commas, or *',
    )
    .transform((list) => list.split(','))
    .default([])
    .describe('origins that endpoints may have beside https at public addresses, separated by commas; * for any');

/** A Postgres URL. It carries a password, so it is a secret. */
export const postgresUrl = () =>
  z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/, 'postgres://user:password@host:port/database')
    .meta({ secret: true });

/** An IANA time zone in its canonical spelling: `asia/kolkata` becomes `Asia/Kolkata`. */
export const timeZone = (must = '') =>
  z.string().transform((name, context) => {
    const known = timeZoneNamed(name);
    if (known !== undefined) return known;
    context.addIssue({ code: 'custom', message: `${must}the IANA name of a time zone, such as Asia/Shanghai` });
    return z.NEVER;
  });
