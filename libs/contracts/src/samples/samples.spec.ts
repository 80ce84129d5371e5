import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { Posting } from '../index.ts';
import { catalogues, decodeData, encodeData, type EventDeclaration, eventsOfEveryService } from '../index.ts';

const declared = catalogues.map(({ service, events }) => [service, Object.values<EventDeclaration>(events)] as const);

/**
 * One golden sample per event and version: JSON as in a topic. Samples are added, never changed.
 */
type Samples = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

describe.each([...declared, ['every-service', eventsOfEveryService] as const])('%s', (service, declarations) => {
  const samples = JSON.parse(readFileSync(new URL(`${service}.json`, import.meta.url), 'utf8')) as Samples;
  const wanted = declarations.map(({ type, version }) => [type, Array.from({ length: version }, (_, n) => `${n + 1}`)]);

  it('has a golden sample of every version of every event, and no others', () =>
    expect(
      Object.fromEntries(Object.entries(samples).map(([type, versions]) => [type, Object.keys(versions)])),
    ).toEqual(Object.fromEntries(wanted)));

  describe.each(declarations.map((declaration) => [declaration.type, declaration] as const))(
    '%s',
    (type, declaration) => {
      it.each(Object.entries(samples[type] ?? {}))('reads its version %s', (version, sample) => {
        const data = decodeData(declaration, Number(version), Buffer.from(JSON.stringify(sample)));
        if (Number(version) === declaration.version) expect(JSON.parse(encodeData(data).toString())).toEqual(sample);
        else expect(decodeData(declaration, declaration.version, encodeData(data))).toEqual(data);
      });
    },
  );

  it('balances in every sample with postings, per asset', () => {
    for (const versions of Object.values(samples)) {
      for (const sample of Object.values(versions)) {
        const { postings = [] } = sample as { postings?: (Omit<Posting, 'amount'> & { amount: string })[] };
        const sums = new Map<string, bigint>();
        for (const { asset, amount } of postings) sums.set(asset, (sums.get(asset) ?? 0n) + BigInt(amount));
        expect([...sums.values()].every((sum) => sum === 0n)).toBe(true);
      }
    }
  });
});
