import { Controller, Get, Param } from '@nestjs/common';
import { cutTo, modelName } from '@tokengrid/contracts';
import { Authenticated, Caller, Follows, type Principal, ProblemError, Refuses, Responds } from '@tokengrid/service';
import { z } from 'zod';
import { Directory } from '../../directory/directory.ts';
import type { ListedModel } from '../../directory/facts.ts';
import { mayUseModel } from '../../keys/key-rights.ts';
import { isSameModel } from '../../routing/named-model.ts';
import { problemOfNoRoute } from '../../serving/failures.ts';
import { NoRoute } from '../../serving/routes.ts';
import { openAiApi } from './openai-api.ts';

const Model = z
  .strictObject({
    id: z.string().meta({ description: 'Name of the model', example: 'deepseek-ai/DeepSeek-V3' }),
    object: z.literal('model').meta({ example: 'model' }),
    created: z.int().meta({ description: 'Time of its first offer, in epoch seconds', example: 1_767_225_600 }),
    owned_by: z
      .string()
      .meta({ description: 'Id of the provider of that offer', example: 'org_01jzx0000000000000000000ab' }),
  })
  .meta({ id: 'Model' });
const ModelList = z
  .strictObject({ object: z.literal('list').meta({ example: 'list' }), data: z.array(Model) })
  .meta({ id: 'ModelList' });

/** Models, in the form of OpenAI's API. */
@Controller('v1/models')
export class ModelsController {
  constructor(private readonly directory: Directory) {}

  /**
   * Lists the models on offer that the key may use, by name, in the form of OpenAI's API. Their
   * offers and prices are in the catalogue of the app registry.
   */
  @Get()
  @Authenticated()
  @Follows(openAiApi)
  @Responds(200, ModelList)
  async listModels(@Caller() caller: Principal) {
    const models = await this.directory.listedModels();
    return { object: 'list', data: models.filter(({ name }) => mayUseModel(caller, name)).map(modelOf) };
  }

  /** Gets a model by its name, in the form of OpenAI's API. Capitals do not count. */
  @Get(':model')
  @Authenticated()
  @Follows(openAiApi)
  @Refuses('GATEWAY.UNKNOWN_MODEL')
  @Responds(200, Model)
  async getModel(@Param('model') name: string, @Caller() caller: Principal) {
    const isKnown = modelName.safeParse(name).success && mayUseModel(caller, name);
    const alike = isKnown ? await this.directory.offersLike(name) : [];
    const [first] = alike
      .filter((offer) => offer.isServed && isSameModel(offer.name, name))
      .sort((one, other) => one.offeredAt - other.offeredAt);
    if (first) return modelOf(first);
    throw new ProblemError(problemOfNoRoute(new NoRoute('unknown-model', `no such model: ${cutTo(100, name)}`)));
  }
}

const modelOf = ({ name, offeredAt, providerId }: ListedModel): z.output<typeof Model> => ({
  ...{ id: name, object: 'model', created: Math.floor(offeredAt / 1000), owned_by: providerId },
});
