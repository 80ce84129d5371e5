import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { codesIn } from './error-codes.ts';
import { errorsPage } from './errors-page.ts';

const codes = (text: string) =>
  codesIn([
    {
      path: 'apps/wallet/src/a.ts',
      project: 'wallet',
      tree: ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest, true),
    },
  ]).map(({ code, status }) => [code, status]);

describe('codes in the source', () => {
  it('are read with the status beside them', () =>
    expect(codes(`problem(409, 'WALLET.FROZEN', detail); const table = { 404: 'GONE' };`)).toEqual([
      ['WALLET.FROZEN', 409],
      ['GONE', 404],
    ]));

  it('are read where a decision states them, and no answer does', () =>
    expect(
      codes(
        `TransferRefused({ code: frozen ? 'WALLET.FROZEN' : 'APP_REGISTRY.SLUG_TAKEN' }); refuse({ code: 'GONE' });`,
      ),
    ).toEqual([
      ['WALLET.FROZEN', undefined],
      ['APP_REGISTRY.SLUG_TAKEN', undefined],
      ['GONE', undefined],
    ]));

  it('are not those that an operation only lists', () =>
    expect(codes(`Refuses('WALLET.FROZEN', 'APP_REGISTRY.SLUG_TAKEN');`)).toEqual([]));

  it('are not what only looks like one', () =>
    expect(codes(`const a = ['CNY', 'GET', 'ERR_HTTP_HEADERS_SENT', 'Not_This']; const b = 'ASC';`)).toEqual([]));
});

describe('the page of errors', () => {
  const declared = { wallet: { 'WALLET.FROZEN': { status: 409, meaning: 'It is frozen.' } } };
  const refusals = { wallet: { sendTokens: ['WALLET.FROZEN', 'WALLET.LIMIT_EXCEEDED daily'] } };
  const stated = (code: string, status?: number) => [{ code, status, place: 'a.ts:1' }];

  it('has a heading for every code', () =>
    expect(errorsPage(declared, {}, stated('WALLET.FROZEN', 409))).toContain(
      '## wallet\n\n### WALLET.FROZEN\n\n409 Conflict. It is frozen.\n',
    ));

  it('says for each command what comes first', () =>
    expect(errorsPage(declared, refusals, [])).toContain(
      '- `sendTokens`: `WALLET.FROZEN`, `WALLET.LIMIT_EXCEEDED` (`daily`)',
    ));

  it.each([
    ['that is not declared', stated('WALLET.GONE'), 'a.ts:1: WALLET.GONE is not declared'],
    ['with another status', stated('WALLET.FROZEN', 400), 'a.ts:1: WALLET.FROZEN comes with 400, not with 409'],
    ['that nothing states', [], 'WALLET.FROZEN is used nowhere; remove it'],
  ])('refuses a code %s', (_, codes, fault) => expect(() => errorsPage(declared, {}, codes)).toThrow(fault));
});
