/** Limits of the wire, in bytes unless named otherwise. The counting decoder of the relay issue reads these too. */
export const limits = {
  frameBytes: 256 * 1024,
  updateBytes: 64 * 1024,
  presenceBytes: 512,
  socketsPerSession: 8,
  /** Queued towards one reader: past the first it loses presence, past the second its socket. */
  queuedBytesBeforePresenceDrops: 256 * 1024,
  queuedBytesBeforeClose: 1024 * 1024,
  /** Silence after which the relay sends an empty presence frame: a stock client hangs up after 30 s without one. */
  heartbeatMs: 20_000,
  /** Letters (UTF-16 units) of one short text. */
  wordsLength: 2_000,
  nameLength: 80,
  titleLength: 120,
} as const;
