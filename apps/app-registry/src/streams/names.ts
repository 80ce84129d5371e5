import { Injectable } from '@nestjs/common';
import type { AppRegistryEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type Name, name } from '../decisions/state/name.ts';

/** The slugs' streams, `name-slug-…`. */
@Injectable()
export class Names extends streamsOf<Name, AppRegistryEvent>(name) {}
