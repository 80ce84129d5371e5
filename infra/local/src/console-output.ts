const colours = [36, 32, 33, 35, 34, 96, 92, 95];
const nameWidth = 13;

/** A message of the supervisor itself. */
export function say(message: string): void {
  console.log(paint(1, `tokengrid: ${message}`));
}

/** Prints lines of services behind their names, in a terminal each in its own colour. */
export function serviceLinePrinter(): (part: string, line: string) => void {
  const colourOf = new Map<string, number>();
  return (part, line) => {
    const colour = colourOf.get(part) ?? colours[colourOf.size % colours.length]!;
    colourOf.set(part, colour);
    console.log(`${paint(colour, part.padEnd(nameWidth))} ${line}`);
  };
}

function paint(code: number, text: string): string {
  return process.stdout.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text;
}
