import { Controller, Get } from '@nestjs/common';
import { manifestExamples, manifestSchema } from '@tokengrid/contracts';
import { Public, Responds } from '@tokengrid/service';
import { z } from 'zod';

const ManifestSchema = z.looseObject({ title: z.string() }).meta({
  id: 'ManifestSchema',
  description: 'JSON Schema 2020-12 of a manifest',
  example: { title: 'Manifest', type: 'object', examples: [manifestExamples[0]] },
});

/** The form of manifests, for everyone. */
@Controller('v1/manifest-schema')
export class ManifestSchemaController {
  private readonly schema = manifestSchema();

  /**
   * Gets the JSON Schema of manifests. It has a description of each field and examples, for editors
   * and for checks before a manifest is sent.
   */
  @Get()
  @Public()
  @Responds(200, ManifestSchema)
  getManifestSchema() {
    return this.schema;
  }
}
