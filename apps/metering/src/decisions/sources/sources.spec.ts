import { describe, it } from '@jest/globals';
import { SourceRemoved, SourceSet } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { source } from '../state/source.ts';
import { removeSource } from './remove-source.ts';
import { setSource } from './set-source.ts';

const given = givenFor(source);
const owned = { sourceId: 'src_0000000000000000000000000a', partyId: 'operator', type: 'chat', by: 'bootstrap' };
const data = { ...owned, model: { pointer: '/data/model' }, units: [{ meter: 'requests', value: '1' }] };

describe('a source', () => {
  it('is set, and set anew as its next version', () => {
    given()
      .when(setSource, data)
      .then(SourceSet({ ...data, version: 1 }));
    given(SourceSet({ ...data, version: 1 }))
      .when(setSource, data)
      .then(SourceSet({ ...data, version: 2 }));
  });

  it('counts its versions on after a removal', () => {
    given(SourceSet({ ...data, version: 1 }))
      .when(removeSource, owned)
      .then(SourceRemoved({ ...owned, version: 2 }));
    given(SourceSet({ ...data, version: 1 }), SourceRemoved({ ...owned, version: 2 }))
      .when(setSource, data)
      .then(SourceSet({ ...data, version: 3 }));
  });
});
