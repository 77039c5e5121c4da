import { closeSync, fdatasync, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from "node:fs";

/**
 * SQLite's write-ahead log, opened a second time so that we choose when it is forced to disk (DESIGN R1). It has to be
 * this file alone: closing any descriptor of the database file would drop the locks SQLite holds on it (POSIX locks
 * belong to a process and an inode), and SQLite locks nothing on the log. The log keeps its inode while a connection
 * is open: a checkpoint starts it again from its first byte, only the last connection to close removes it.
 */
export interface WalFile {
  /** Forces what has been committed so far. Calls back with the error, if any. */
  readonly force: (done: (error: Error | null) => void) => void;
  readonly forceNow: () => void;
  /**
   * After a failed `force`. The kernel reports such an error once and may then hold pages that it calls clean and the
   * disk never got, so that forcing again would "succeed" and prove nothing. So: check by their checksums that at
   * least `frames` commits' pages still read back as SQLite wrote them, write the same bytes over themselves, which
   * makes every page dirty again, and force that. Throws when the disk still fails; returns false when the log no
   * longer reads back, which only a restart (SQLite's recovery cuts the log at the first bad frame) can settle.
   * The caller holds SQLite's write lock, so that nobody appends meanwhile.
   */
  readonly rewrite: (frames: number) => boolean;
  readonly close: () => void;
}

export function openWalFile(file: string): WalFile {
  const descriptor = openSync(file, "r+");
  return {
    force: (done) => fdatasync(descriptor, done),
    forceNow: () => fdatasyncSync(descriptor),
    rewrite: (frames) => {
      const bytes = readWhole(descriptor);
      if (countSoundFrames(bytes) < frames) return false;
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at, bytes.length - at, at);
      fdatasyncSync(descriptor);
      return true;
    },
    close: () => closeSync(descriptor),
  };
}

function readWhole(descriptor: number): Uint8Array {
  const bytes = new Uint8Array(fstatSync(descriptor).size);
  let length = 0;
  while (length < bytes.length) {
    const read = readSync(descriptor, bytes, length, bytes.length - length, length);
    if (read === 0) break;
    length += read;
  }
  return bytes.subarray(0, length);
}

const headerBytes = 32;
const frameHeaderBytes = 24;

/**
 * How many frames from the start belong together and carry the right checksum.
 * Source: sqlite.org/fileformat2.html#walformat.
 */
export function countSoundFrames(wal: Uint8Array): number {
  if (wal.length < headerBytes) return 0;
  const view = new DataView(wal.buffer, wal.byteOffset, wal.byteLength);
  const magic = view.getUint32(0);
  if (magic !== 0x377f0682 && magic !== 0x377f0683) return 0;
  const littleEndian = magic === 0x377f0682;
  const pageBytes = view.getUint32(8);
  let sum: readonly [number, number] = [0, 0];
  const add = (from: number, length: number) => {
    let [first, second] = sum;
    for (let at = from; at < from + length; at += 8) {
      first = (first + view.getUint32(at, littleEndian) + second) >>> 0;
      second = (second + view.getUint32(at + 4, littleEndian) + first) >>> 0;
    }
    sum = [first, second];
  };
  const sumStandsAt = (at: number) => view.getUint32(at) === sum[0] && view.getUint32(at + 4) === sum[1];

  add(0, 24);
  if (!sumStandsAt(24)) return 0;
  let frames = 0;
  for (let at = headerBytes; at + frameHeaderBytes + pageBytes <= wal.length; at += frameHeaderBytes + pageBytes) {
    const sameLog = view.getUint32(at + 8) === view.getUint32(16) && view.getUint32(at + 12) === view.getUint32(20);
    if (!sameLog) break;
    add(at, 8);
    add(at + frameHeaderBytes, pageBytes);
    if (!sumStandsAt(at + 16)) break;
    frames += 1;
  }
  return frames;
}
