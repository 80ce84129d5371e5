import type { ForeignApi, Problem } from '@tokengrid/service';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { html, pageAnswer } from './html.ts';
import { textsFor } from './texts.ts';

/** Maximum size of a form, in bytes. */
const mostRequestBytes = 16 * 1024;

/** Conventions of pages: forms come in, and a problem is a page. */
export const pagesApi: ForeignApi = {
  ...{ bodyLimitBytes: mostRequestBytes, takesForms: true, errors: z.string() },
  answerOf({ status, detail, headers }: Problem, request: FastifyRequest) {
    const texts = textsFor(request.headers['accept-language']);
    const content = html`<p role="alert">${detail}</p>`;
    return pageAnswer({ lang: texts.lang, title: texts.problem, content, status, headers: headers ?? {} });
  },
};
