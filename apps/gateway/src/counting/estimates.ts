/** Bytes of UTF-8 to a unit, as texts in most languages have them. */
const bytesPerUnit = 4;
/** Bytes of UTF-8 to a unit, where a text is charged by its length: in doubt for the payer. */
const chargedBytesPerUnit = 5;
/** Bytes up to which a piece of a stream is one unit, as most model servers send them. */
const bytesOfOneUnit = 24;

/** Units that a text of so many bytes may have, to set tokens aside for. */
export const unitsAhead = (bytes: number): number => Math.ceil(bytes / bytesPerUnit);

/** Units that a piece of a stream may have, of so many bytes. */
export const unitsOfPiece = (bytes: number): number => {
  if (bytes === 0) return 0;
  return bytes <= bytesOfOneUnit ? 1 : unitsAhead(bytes);
};

/** Units that a text of so many bytes is charged as, where no tokenizer of the model is known. */
export const unitsCharged = (bytes: number): number => Math.ceil(bytes / chargedBytesPerUnit);
