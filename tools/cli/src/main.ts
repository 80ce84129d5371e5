import { CommanderError } from 'commander';
import { sentenceOf } from './output/failure.ts';
import { tokengrid } from './program.ts';

// A reader that has seen enough (`| head`) must not end running work.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

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
