export { bodiesOf } from './bodies-of.ts';
export { type Answered, askWhatever, unreadableEvents } from './ask-whatever.ts';
