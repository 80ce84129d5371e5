import { describe, expect, it } from '@jest/globals';
import { tableOf } from './table.ts';

describe('a table', () => {
  it('aligns text to the left and numbers to the right', () => {
    expect(
      tableOf(
        ['topic', 'events', 'verdict'],
        [
          ['tokengrid.wallet', 7, 'whole'],
          ['t', 12345, 'FAULT'],
        ],
      ),
    ).toBe(
      ['topic             events  verdict', 'tokengrid.wallet       7  whole', 't                  12345  FAULT'].join(
        '\n',
      ),
    );
  });
});
