import { describe, it } from '@jest/globals';
import { SomethingHappened } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { someStream } from '../state/some-stream.ts';
import { doSomething } from './do-something.ts';

const given = givenFor(someStream);
const command = { id: 'id' };
const happened = SomethingHappened({ id: 'id' });

describe('doSomething', () => {
  it('states what happened', () => given().when(doSomething, command).then(happened));

  it('fill in: when it is refused, in order of precedence, and what it states then', () =>
    given(happened).when(doSomething, command).then());
});
