import { describe, expect, it } from '@jest/globals';
import { preferredType } from './accept.ts';

const offered = ['application/json', 'text/csv'];

describe('the media type of an answer', () => {
  it.each([
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['text/csv', 'text/csv'],
    ['Text/CSV; charset=utf-8', 'text/csv'],
    ['text/*', 'text/csv'],
    ['text/csv, application/json', 'application/json'],
    ['text/csv, application/json;q=0.9', 'text/csv'],
    ['application/json;q=0.5, text/csv;q=0.51', 'text/csv'],
    ['application/json ; q=0.5 , text/csv;q=0.5', 'application/json'],
    ['text/csv;q=0.1, */*', 'application/json'],
    ['application/json;q=0, */*;q=0.1', 'text/csv'],
    ['application/*;q=0.2, text/csv;q=0.1, */*;q=0.9', 'application/json'],
    ['text/html, application/xhtml+xml, */*;q=0.8', 'application/json'],
    ['text/csv;header="a,b;q=0"', 'text/csv'],
    ['text/csv;q=2, application/json;q=0.1', 'application/json'],
    ['nonsense', 'application/json'],
  ])('is by %j %s', (accept, type) => expect(preferredType(accept, offered)).toBe(type));

  it.each(['application/xml', 'text/html, image/*', '*/*;q=0', 'application/json;q=0, text/csv;q=0.000'])(
    'is none by %s',
    (accept) => expect(preferredType(accept, offered)).toBeUndefined(),
  );
});
