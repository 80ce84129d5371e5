import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Specimen } from '../specimen/run-jars.ts';
import { runJars } from '../specimen/run-jars.ts';
import { DocumentedAnswers, type GivenAnswer } from './documented-answers.ts';

let jars: Specimen;
let documented: DocumentedAnswers;
beforeAll(async () => {
  jars = await runJars();
  documented = new DocumentedAnswers(jars.app, 'jars');
});
afterAll(() => jars.close());

const answer = (status: number, body: unknown, more: Partial<GivenAnswer> = {}): GivenAnswer => ({
  ...{ method: 'POST', path: '/v1/jars/jar_1/emptyings', status, body },
  ...more,
});

describe('an answer', () => {
  it.each([
    ['with the body that is documented', answer(200, { jarId: 'jar_1', tokens: '5' })],
    ['of a code that the operation lists', answer(409, { code: 'WALLET.INSUFFICIENT_TOKENS' })],
    ['of a code that all such operations have', answer(422, { code: 'IDEMPOTENCY_KEY_REUSED' })],
    ['that has nothing to do with the operation', answer(500, { code: 'INTERNAL' })],
    ['of no operation', answer(404, { code: 'NOT_FOUND' }, { path: '/v1/nothing' })],
  ])('%s passes', (_, given) => expect(() => documented.mustTell(given)).not.toThrow());

  it.each([
    ['of a status that is not', answer(418, { code: 'TEAPOT' }), 'the answer 418 TEAPOT'],
    ['of a code that is not', answer(409, { code: 'WALLET.FROZEN' }), 'the code WALLET.FROZEN with 409'],
    ['with a field that is not', answer(200, { jarId: 'jar_1', tokens: '5', color: 'red' }), '"color"'],
    ['without a field that is', answer(200, { jarId: 'jar_1' }), 'tokens'],
  ])('%s documented fails', (_, given, fault) => expect(() => documented.mustTell(given)).toThrow(fault));

  it('is of the operation whose path fits best', () =>
    expect(() =>
      documented.mustTell(answer(200, undefined, { method: 'GET', path: '/v1/jars?color=red' })),
    ).not.toThrow());
});
