import { describe, expect, it } from '@jest/globals';
import { shownName } from './shown-name.ts';

const faultsOf = (name: string) =>
  shownName(10)
    .safeParse(name)
    .error?.issues.map(({ message }) => message) ?? [];

describe('a name that others read', () => {
  it.each(['Lin', '张三', 'محمد', '7', '🙂', 'Zoë', ' a '])('may be %s', (name) => expect(faultsOf(name)).toEqual([]));

  it.each(['', ' ', '\u00a0\t', '\u200b', '\u2060\ufeff', '\u00ad', '\u0301'])('is not blank, as %j', (name) =>
    expect(faultsOf(name)).toEqual(['must not be blank']),
  );

  it.each(['\u202eevil', 'a\u2066b'])('does not turn the direction of text, as %j does', (name) =>
    expect(faultsOf(name)).toEqual(['must not turn the direction of text']),
  );

  it('is trimmed', () => expect(shownName(10).parse(' Lin ')).toBe('Lin'));
});
