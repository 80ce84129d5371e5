import type { ApiKeyIssued, EventOf, KeyRights } from '@tokengrid/contracts';

/** Limits of a key as it is shown: amounts are decimal strings. */
export interface StatedLimits extends KeyRights {
  readonly budget?: Readonly<Record<string, string>>;
}

/** Limits that an issued key states. */
export function statedLimits(data: EventOf<typeof ApiKeyIssued>['data']): StatedLimits {
  const { models, apps, requestsPerMinute, unitsPerMinute, streams, budget } = data;
  return {
    ...(models && { models }),
    ...(apps && { apps }),
    ...(requestsPerMinute !== undefined && { requestsPerMinute }),
    ...(unitsPerMinute !== undefined && { unitsPerMinute }),
    ...(streams !== undefined && { streams }),
    ...(budget && { budget: inDecimals(budget) }),
  };
}

const inDecimals = (amounts: object): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(amounts).map(([name, amount]) => [name, String(amount)]));
