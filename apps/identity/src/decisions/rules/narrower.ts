import { allowsModel } from '@tokengrid/contracts';
import type { ApiKey } from '../state/party.ts';
import type { KeyToIssue } from './api-keys.ts';

/** Windows of a budget. */
const windows = ['daily', 'monthly', 'total'] as const;

/**
 * True for a key that does less than its party may, or for a time: what it mints must end with it,
 * or it would outlive its limits.
 */
export function isBounded({ expiresAt, parent, rights, budget }: ApiKey): boolean {
  const limits = [...Object.values(rights), ...Object.values(budget), parent];
  return expiresAt !== null || limits.some((limit) => limit !== undefined);
}

/** The refusal of a key that would do more than its minter, by the first dimension of which. */
export function wideningRefusal(minter: ApiKey, key: KeyToIssue) {
  const { scopes, expiresAt, rights = {}, budget = {} } = key;
  const of = minter.rights;
  const isWithin = (asked: readonly string[] | undefined, all: readonly string[] | undefined) =>
    all === undefined || (asked ?? all).every((each) => all.includes(each));
  if (!scopes.every((scope) => minter.scopes.includes(scope))) return { code: 'IDENTITY.SCOPES_WIDER' } as const;
  const { models } = of;
  if (models && rights.models?.some((model) => !allowsModel(models, model)))
    return { code: 'IDENTITY.MODELS_WIDER' } as const;
  if (!isWithin(rights.apps, of.apps)) return { code: 'IDENTITY.APPS_WIDER' } as const;
  if (isMore(expiresAt, minter.expiresAt)) return { code: 'IDENTITY.EXPIRY_LATER' } as const;
  if (isMore(rights.requestsPerMinute, of.requestsPerMinute)) return { code: 'IDENTITY.REQUESTS_HIGHER' } as const;
  if (isMore(rights.unitsPerMinute, of.unitsPerMinute)) return { code: 'IDENTITY.UNITS_HIGHER' } as const;
  if (isMore(rights.streams, of.streams)) return { code: 'IDENTITY.STREAMS_HIGHER' } as const;
  const isHigher = windows.some((window) => isMore(budget[window], minter.budget[window]));
  return isHigher ? ({ code: 'IDENTITY.BUDGET_HIGHER' } as const) : undefined;
}

/** True for an asked limit above another; who asks for none gets that of the minter. */
function isMore<T extends bigint | number>(asked: T | null | undefined, most: T | null | undefined): boolean {
  return asked !== null && asked !== undefined && most !== null && most !== undefined && asked > most;
}

/** A key with its minter's limits where it asks for none. */
export function narrowed(key: KeyToIssue, minter: ApiKey): KeyToIssue {
  return {
    ...key,
    expiresAt: key.expiresAt ?? minter.expiresAt,
    rights: { ...minter.rights, ...withoutAbsent(key.rights ?? {}) },
  };
}

/** Keys that were minted from a key, and from these. */
export function mintedFrom(keys: readonly ApiKey[], keyId: string): readonly ApiKey[] {
  return keys.filter(({ parent }) => parent === keyId).flatMap((key) => [key, ...mintedFrom(keys, key.keyId)]);
}

/** An object without its members that are undefined. */
function withoutAbsent<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
