/**
 * Byte strings one behind the other in one block: an array of its own costs each of them some 200 bytes more, which for
 * the rows after a snapshot is more than what they hold. What `row` and `bytes` hand out stays as it is, whatever comes.
 */
export interface PackedRows {
  readonly length: () => number;
  readonly byteLength: () => number;
  readonly push: (row: Uint8Array) => void;
  readonly row: (index: number) => Uint8Array;
  readonly all: () => readonly Uint8Array[];
  readonly dropFirst: (count: number) => void;
}

const firstBytes = 1_024;

export function createPackedRows(): PackedRows {
  let block = new Uint8Array(0);
  let ends: number[] = [];
  const used = () => ends.at(-1) ?? 0;
  const row = (index: number) => block.subarray(index === 0 ? 0 : (ends[index - 1] as number), ends[index] as number);
  return {
    length: () => ends.length,
    byteLength: used,
    push: (bytes) => {
      const from = used();
      const to = from + bytes.length;
      if (to > block.length) {
        const larger = new Uint8Array(Math.max(firstBytes, to + (to >> 2)));
        larger.set(block.subarray(0, from));
        block = larger;
      }
      block.set(bytes, from);
      ends.push(to);
    },
    row,
    all: () => ends.map((_, index) => row(index)),
    dropFirst: (count) => {
      const gone = count === 0 ? 0 : (ends[count - 1] as number);
      // A new block: somebody may still be reading from the old one.
      block = block.slice(gone, used());
      ends = ends.slice(count).map((end) => end - gone);
    },
  };
}
