import { describe, expect, it } from '@jest/globals';
import { codeOfEntry, codes, codesByService, refusalsByService, wordingOf } from './refusals.ts';

const prefixOf = (service: string) => `${service.replaceAll('-', '_').toUpperCase()}.`;
const { 'Every service': common, ...own } = codesByService;
const commands = Object.values(refusalsByService).flatMap((refusals) => Object.entries<readonly string[]>(refusals));

describe('codes', () => {
  it.each(Object.entries(own))('of %s begin with its name', (service, declared) => {
    for (const code of Object.keys(declared)) expect(code.startsWith(prefixOf(service))).toBe(true);
  });

  it('of every service have no prefix', () =>
    expect(Object.keys(common).filter((code) => code.includes('.'))).toEqual([]));

  it('are words in capitals', () => {
    for (const code of Object.keys(codes)) expect(code).toMatch(/^([A-Z]+(_[A-Z]+)*\.)?[A-Z]+(_[A-Z][A-Z0-9]*)*$/);
  });

  it('have sentences whose members their examples name', () => {
    for (const { detail = '', members } of Object.values(codes)) {
      const named = [...detail.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
      expect(named.filter((name) => !(name in members))).toEqual([]);
    }
  });
});

describe('refusals', () => {
  it('are of commands with names of their own', () =>
    expect(new Set(commands.map(([command]) => command)).size).toBe(commands.length));

  it.each(commands)('of %s are declared codes, each reason once', (_, entries) => {
    expect(new Set(entries).size).toBe(entries.length);
    for (const entry of entries) expect(Object.keys(codes)).toContain(codeOfEntry(entry as never));
  });

  it('are told with the facts that their sentence names', () =>
    expect(
      wordingOf('TransferRefused', {
        code: 'WALLET.INSUFFICIENT_TOKENS',
        ...{ walletId: 'wal_1', available: 5n, required: 9n },
      }),
    ).toEqual({
      status: 409,
      code: 'WALLET.INSUFFICIENT_TOKENS',
      detail: 'insufficient tokens: 5 µAIT available, 9 required',
      members: { available: 5n, required: 9n },
    }));

  it('are told as faults of a field where only the state could tell that it can not be so', () =>
    expect(wordingOf('GrantRefused', { code: 'WALLET.EXPIRY_PASSED' })).toEqual({
      status: 400,
      code: 'INVALID_ARGUMENT',
      detail: '/expiresAt: must be in the future',
      members: { errors: [{ pointer: '/expiresAt', detail: 'must be in the future' }] },
    }));
});
