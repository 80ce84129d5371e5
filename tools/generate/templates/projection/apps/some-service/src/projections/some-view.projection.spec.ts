import { describe, expect, it } from '@jest/globals';
import { someView } from './some-view.projection.ts';

describe('some view', () => {
  it('has nothing of no events', () => expect([...someView.begin()]).toEqual([]));

  it('fill in: what it shows of each event', () => expect(Object.entries(someView.on)).toEqual([]));
});
