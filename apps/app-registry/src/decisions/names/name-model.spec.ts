import { describe, expect, it } from '@jest/globals';
import { modelKeyOf, ModelNamed, ModelNameRefused } from '@tokengrid/contracts';
import { givenFor } from '@tokengrid/kernel';
import { modelId } from '../examples.fixture.ts';
import { modelName } from '../state/model-name.ts';
import { nameModel } from './name-model.ts';

const given = givenFor(modelName);
const providerId = 'org_01jzz0000000000000000000e1';
const named = (name: string) => ModelNamed({ modelId, name, providerId });
const wanted = (name: string) => ({ modelId, name, providerId });

describe('the name of a model', () => {
  it('is spelt as in its first offer', () =>
    given().when(nameModel, wanted('Qwen2.5-72B-Instruct')).then(named('Qwen2.5-72B-Instruct')));

  it('is the same in other capitals, for any provider', () =>
    given(named('Qwen2.5-72B-Instruct'))
      .when(nameModel, wanted('qwen2.5-72b-instruct'))
      .then(named('Qwen2.5-72B-Instruct')));

  it.each(['Qwen2.5-72B-lnstruct', 'Qwen2.5-72B-1nstruct', 'qwen2.5-72b-Instruct'])(
    'has one stream with %s, which looks like it',
    (name) => expect(modelKeyOf(name)).toBe(modelKeyOf('Qwen2.5-72B-Instruct')),
  );

  it('is refused if it looks like that of another model', () =>
    given(named('openai/o1'))
      .when(nameModel, wanted('0penai/ol'))
      .then(
        ModelNameRefused({
          ...wanted('0penai/ol'),
          code: 'APP_REGISTRY.MODEL_NAME_CONFUSABLE',
          takenName: 'openai/o1',
        }),
      ));
});
