import { Controller } from '@nestjs/common';

/** Requests about some resource. */
@Controller('v1/some-resource')
export class SomeResourceController {}
