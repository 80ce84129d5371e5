import { describe, expect, it } from '@jest/globals';
import { doSomethingFor } from './when-something-happened-do-something.ts';

describe('when SomethingHappened, doSomething', () => {
  it('fill in: the command that follows from the event, and its stream', () =>
    expect(doSomethingFor({ type: 'SomethingHappened' } as never)).toEqual({ streamId: 'id', command: {} }));
});
