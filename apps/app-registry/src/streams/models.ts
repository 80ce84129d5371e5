import { Injectable } from '@nestjs/common';
import type { AppRegistryEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type Model, model } from '../decisions/state/model.ts';

/** The models' streams, `mod_…`. */
@Injectable()
export class Models extends streamsOf<Model, AppRegistryEvent>(model) {}
