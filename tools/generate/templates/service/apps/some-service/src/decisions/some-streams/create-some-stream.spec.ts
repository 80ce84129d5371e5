import { describe, it } from '@jest/globals';
import { SomeStreamCreated } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { someStream } from '../state/some-stream.ts';
import { createSomeStream } from './create-some-stream.ts';

const given = givenFor(someStream);
const someStreamId = 'some-prefix_01jzx0000000000000000000ab';

describe('creating a some stream', () => {
  it('states it', () => given().when(createSomeStream, { someStreamId }).then(SomeStreamCreated({ someStreamId })));

  it('fill in: what the second creation of a some stream states', () =>
    given(SomeStreamCreated({ someStreamId })).when(createSomeStream, { someStreamId }).then());
});
