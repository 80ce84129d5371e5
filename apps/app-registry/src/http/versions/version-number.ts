import type { PipeTransform } from '@nestjs/common';
import { notFound } from '@tokengrid/service';

/** The number of a version, in a path. What is no number names no version. */
export class VersionNumber implements PipeTransform<string, number> {
  /** @throws ProblemError 404 */
  transform(segment: string): number {
    if (!/^[1-9]\d{0,5}$/.test(segment)) throw notFound(`the app has no version ${segment}`);
    return Number(segment);
  }
}
