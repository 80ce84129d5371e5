import { describe, expect, it } from '@jest/globals';
import { fingerprintOf } from './fingerprint.ts';
import { contractFaults } from './released.ts';

const schema = (...fields: string[]) =>
  fingerprintOf({
    type: 'object',
    properties: Object.fromEntries(fields.map((field) => [field, { type: 'string' }])),
    required: fields,
  });

describe('contracts', () => {
  it('hold when what is declared is what was released', () => {
    const contracts = { wallet: { WalletOpened: { 1: schema('walletId') } } };
    expect(contractFaults(contracts, contracts)).toEqual([]);
  });

  it('hold when a new version says what the old one could not, once that is released', () => {
    const released = { wallet: { WalletOpened: { 1: schema('walletId'), 2: schema('id') } } };
    expect(contractFaults(released, { wallet: { WalletOpened: { 2: schema('id') } } })).toEqual([]);
  });

  it('hold for what was never released', () =>
    expect(contractFaults({}, { wallet: { WalletOpened: { 1: schema('walletId') } } })).toEqual([]));

  it('break when a released version changes, goes back, or is gone, and say how', () => {
    const released = {
      wallet: { WalletOpened: { 1: schema('walletId') }, TokensSent: { 2: schema() }, TokensSold: { 1: schema() } },
    };
    const declared = { wallet: { WalletOpened: { 1: schema('id') }, TokensSent: { 1: schema() } } };
    expect(contractFaults(released, declared)).toEqual([
      'wallet WalletOpened v1: walletId is gone; use a new version with an upcaster',
      'wallet WalletOpened v1: id is new and required; use a new version with an upcaster',
      'wallet TokensSent: version 2 was released, 1 is declared',
      'wallet TokensSold: was released, and is not declared any more',
    ]);
  });
});
