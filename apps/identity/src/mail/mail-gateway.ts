/** A message to one person. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  /** Plain text, with the secret of which the mail is the only copy. */
  readonly text: string;
}

/** Sends mail. The operator's gateway takes its place. */
export abstract class MailGateway {
  /** False where no mail can be sent. */
  abstract readonly isSetUp: boolean;

  /** Hands a mail over; what comes of it is not told. @throws Error if that fails */
  abstract send(mail: Mail): Promise<void>;
}
