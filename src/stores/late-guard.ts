/**
 * Guards writes against coming late.
 *
 * The check of a lease and the write that follows are two steps, and a process may be stopped between them, or while it sends, for an hour.
 * So what is written says when it was decided, and the database takes it only where nothing newer is. Where something newer is, either
 * another run has taken over, or this process's clock is late: the lease is asked again, and tells which.
 */
export interface LateGuard {
  /** When what is written was decided: before the lease was checked. */
  readonly asOf: Date;
  /** Asks the lease again. @throws {Failure} `lease_lost` (stop). */
  readonly confirm: () => Promise<void>;
}
