/** A message that did not go out, or of which nobody knows. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
  /** False: the other side may have it, so it is not sent again. */
  readonly isCertain: boolean;

  /** @param why to follow "could not be sent: " in a sentence; without addresses and credentials */
  constructor(why: string, isCertain: boolean) {
    super(why);
    this.isCertain = isCertain;
  }
}
