import { describe, expect, it } from '@jest/globals';
import { isTransient } from './transient.ts';

/** An error as Postgres or a socket reports it. */
const coded = (code: string) => Object.assign(new Error('not to be understood'), { code });
/** An error as `pg` and its pool report it. */
const uncoded = (message: string) => new Error(message);

describe('what a subscriber meets', () => {
  it.each([
    ['a connection that broke', uncoded('Connection terminated unexpectedly')],
    ['one that had broken', uncoded('Client has encountered a connection error and is not queryable')],
    ['one that could not be had', uncoded('timeout exceeded when trying to connect')],
    ['one on which no answer came', uncoded('Query read timeout')],
    ['a server that stops', coded('57P01')],
    ['a transaction to be tried again', coded('40001')],
    ['a socket that was reset', coded('ECONNRESET')],
  ])('is waited out if it is an outage: %s', (_, error) => {
    expect(isTransient(error)).toBe(true);
  });

  it.each([
    ['a bug', uncoded('the policy has a bug')],
    ['a row that is there already', coded('23505')],
    ['a wrong argument', coded('ERR_INVALID_ARG_TYPE')],
  ])('is not if it would come again: %s', (_, error) => {
    expect(isTransient(error)).toBe(false);
  });
});
