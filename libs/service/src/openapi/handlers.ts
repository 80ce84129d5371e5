import type { INestApplication } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import type { ErrorCode } from '@tokengrid/contracts';
import { foreignApiOf } from '../http/follows.ts';
import { passesOn } from '../http/route-settings.ts';
import type { ForeignApi } from '../http/foreign-api.ts';
import { codesOf } from './refuses.ts';

/** Text of a doc comment: its first sentence, and the rest. */
export interface DocText {
  readonly summary: string;
  readonly description: string;
}

/** Documentation of an operation, from the source of its handler. */
export interface Handler extends DocText {
  readonly codes: readonly ErrorCode[];
  /** The API of others that it follows. */
  readonly foreign?: ForeignApi | undefined;
  /** True if it passes requests on to others. */
  readonly passes?: boolean;
}

type Class = abstract new (...parameters: never[]) => object;

/** Handlers of all routes by name, which is the operation id. */
export function handlersOf(app: INestApplication): ReadonlyMap<string, Handler> {
  const handlers = new Map<string, Handler>();
  for (const { controllers } of app.get(ModulesContainer).values()) {
    for (const { metatype } of controllers.values()) {
      if (typeof metatype !== 'function') continue;
      const { prototype } = metatype as Class;
      const source = metatype.toString();
      for (const name of Object.getOwnPropertyNames(prototype)) {
        const method = Object.getOwnPropertyDescriptor(prototype, name)?.value as object | undefined;
        if (typeof method !== 'function' || Reflect.getMetadata(METHOD_METADATA, method) === undefined) continue;
        handlers.set(name, {
          ...docText(docCommentOf(source, name)),
          codes: codesOf(method),
          foreign: foreignApiOf(method),
          passes: passesOn(method),
        });
      }
    }
  }
  return handlers;
}

/**
 * Doc comment of a method, from the source of its class by `toString` (ECMAScript preserves it
 * exactly); empty without one. Builds keep comments, and a spec of each service fails otherwise.
 */
export function docCommentOf(source: string, method: string): string {
  const pattern = new RegExp(String.raw`/\*\*((?:(?!\*/)[^])*)\*/\s*(?:async\s+)?\*?\s*${method}\s*\(`);
  return pattern.exec(source)?.[1] ?? '';
}

/**
 * Splits a doc comment: the first sentence, without its full stop, is the summary; the rest is the
 * description.
 */
export function docText(comment: string): DocText {
  const text = comment
    .replace(/^[ \t]*\*[ \t]?/gm, '')
    .replace(/^\s*@[^]*$/m, '')
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s*\n\s*/g, ' '))
    .join('\n\n');
  const end = /(?<!\b(?:e\.g|i\.e))[.!?](?=\s)/.exec(text)?.index ?? text.length;
  return { summary: text.slice(0, end).replace(/\.$/, ''), description: text.slice(end + 1).trim() };
}
