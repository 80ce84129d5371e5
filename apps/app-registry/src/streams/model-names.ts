import { Injectable } from '@nestjs/common';
import type { AppRegistryEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type ModelName, modelName } from '../decisions/state/model-name.ts';

/** The streams of models' names, `model-name-…`. */
@Injectable()
export class ModelNames extends streamsOf<ModelName, AppRegistryEvent>(modelName) {}
