import { CommanderError } from 'commander';
import { sentenceOf } from './output/failure.ts';
import { tokengrid } from './program.ts';

try {
  await tokengrid().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    console.error(sentenceOf(error));
    process.exitCode = 1;
  }
}
