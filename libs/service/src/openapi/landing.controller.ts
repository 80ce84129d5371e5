import { Controller, Get, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '../auth/access.ts';
import type { BaseConfig } from '../config/base-config.ts';
import { HttpAnswer } from '../http/answers.ts';
import { serviceConfig } from '../tokens.ts';

/** Root of a service: redirects a person to its documentation. */
@ApiExcludeController()
@Controller()
export class LandingController {
  constructor(@Inject(serviceConfig) private readonly config: Pick<BaseConfig, 'basePath'>) {}

  @Get()
  @Public()
  redirectToDocs(): HttpAnswer {
    const { basePath } = this.config;
    const docs = `${basePath}/docs`;
    return new HttpAnswer(302, { docs, openapi: `${basePath}/openapi.json` }, { location: docs });
  }
}
