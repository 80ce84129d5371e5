import { Injectable } from '@nestjs/common';
import type { AppRegistryEvent } from '@tokengrid/contracts';
import { streamsOf } from '@tokengrid/service';
import { type App, app } from '../decisions/state/app.ts';

/** The apps' streams, `app_…`. */
@Injectable()
export class Apps extends streamsOf<App, AppRegistryEvent>(app) {}
