import { hash } from 'node:crypto';
import { HttpAnswer } from '@tokengrid/service';

/** Markup that is safe: texts in it are escaped. */
export class Html {
  constructor(readonly markup: string) {}
}

const escapes: Readonly<Record<string, string>> = {
  ...{ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' },
};

type Value = string | number | Html | undefined | readonly Html[];

/** Markup from a template; every value that is not markup itself is escaped. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.map((part, index) => part + (index < values.length ? shown(values[index]) : '')).join(''));
}

function shown(value: Value): string {
  if (value === undefined) return '';
  if (value instanceof Html) return value.markup;
  if (typeof value === 'object') return value.map(({ markup }) => markup).join('');
  return String(value).replaceAll(/[&<>"']/g, (character) => escapes[character]!);
}

const style = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; }
body { margin: 0 auto; max-width: 34rem; padding: 1.5rem 1rem; }
label, legend { display: block; font-weight: 600; margin-top: 1rem; }
input:not([type=radio]) { box-sizing: border-box; font: inherit; padding: .5rem; width: 100%; }
button { font: inherit; margin: 1.25rem .5rem 0 0; min-height: 2.75rem; padding: .5rem 1.25rem; }
fieldset { border: 0; margin: 0; padding: 0; } fieldset label { font-weight: 400; }
.error { border-left: .25rem solid #b3261e; padding-left: .75rem; }
li form { display: inline; } code { overflow-wrap: anywhere; }
`;

/** Its text is hashed as it is, so no formatter may touch it. */
const styleElement = new Html(`<style>${style}</style>`);
const styleHash = hash('sha256', style, 'base64');

/** A page of a person: complete in itself, without scripts. */
export interface Page {
  readonly lang: string;
  readonly title: string;
  readonly content: Html;
  readonly status?: number;
  /** Origins, beside ours, to which a form of the page may lead. */
  readonly formsLeadTo?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answer with a page. Nothing in it runs, and nobody may frame or store it. */
export function pageAnswer({ lang, title, content, status = 200, formsLeadTo = [], headers = {} }: Page): HttpAnswer {
  const { markup } = html`<!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Tokengrid</title>
        ${styleElement}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html> `;
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${styleHash}'`,
    ["form-action 'self'", ...formsLeadTo].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return new HttpAnswer(status, markup, {
    ...{ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-language': lang },
    ...{ 'content-security-policy': policy.join('; '), 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff' },
    ...{ 'referrer-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin', vary: 'accept-language' },
    ...headers,
  });
}
