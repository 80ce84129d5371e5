import type { PipeTransform } from '@nestjs/common';
import { notFound } from '@tokengrid/service';

/** Number of a version in a path. Any other text names no version. */
export class VersionNumber implements PipeTransform<string, number> {
  /** @throws ProblemError 404 */
  transform(segment: string): number {
    if (!/^[1-9]\d{0,5}$/.test(segment)) throw notFound(`no such version of the app: ${segment}`);
    return Number(segment);
  }
}
