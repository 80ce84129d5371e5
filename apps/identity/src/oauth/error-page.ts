import { html, pageAnswer } from '../pages/html.ts';
import { textsFor } from '../pages/texts.ts';

/** Page of an authorization that can't go back to its client. */
export function errorPage(language: string, out: object) {
  const texts = textsFor(language);
  const { error, error_description: description } = out as {
    readonly error?: string;
    readonly error_description?: string;
  };
  const content = html`<p role="alert">${description ?? texts.expired}</p>
    <p><code>${error}</code></p>`;
  return pageAnswer({ lang: texts.lang, title: texts.problem, content, status: 400 });
}
